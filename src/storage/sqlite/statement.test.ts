import { expect, it } from 'vitest';
import { sharedEngine } from '../testing/storage-fixture.ts';
import { createParameterMemory, createStatement, type Row } from './statement.ts';

const REPREPARED = 5; // https://sqlite.org/c3ref/c_stmtstatus_counter.html

it('a statement that is used again is not prepared again', async () => {
  const { sqlite } = await sharedEngine();
  const { capi, wasm } = sqlite;
  const { exports } = wasm;
  const memory = createParameterMemory(sqlite);
  const out = exports.sqlite3_malloc(4);
  capi.sqlite3_open_v2(':memory:', out, capi.SQLITE_OPEN_READWRITE | capi.SQLITE_OPEN_CREATE, 'memdb');
  const database = wasm.peek32(out);
  const prepare = (sql: string): number => {
    const text = new TextEncoder().encode(sql);
    expect(exports.sqlite3_prepare_v3(database, memory.put(text), text.length, 0, out, 0)).toBe(0);
    return wasm.peek32(out);
  };
  const run = (sql: string): void => createStatement(sqlite, prepare(sql), memory).execute([]);
  run('CREATE TABLE chats (id INTEGER PRIMARY KEY, peer TEXT)');
  run('CREATE UNIQUE INDEX by_peer ON chats (peer) WHERE peer IS NOT NULL');
  run('CREATE TABLE messages (chat INTEGER, number INTEGER, text TEXT, PRIMARY KEY (chat, number)) WITHOUT ROWID');
  run("INSERT INTO chats VALUES (1, 'b')");
  run("INSERT INTO messages VALUES (1, 7, 'hello')");

  for (const sql of [
    'SELECT text FROM messages m JOIN chats c ON c.id = m.chat WHERE m.text = ?',
    'SELECT text FROM messages WHERE text = ? AND chat = 1 ORDER BY number DESC LIMIT 1',
  ]) {
    const pointer = prepare(sql);
    const statement = createStatement(sqlite, pointer, memory);
    const rows: Row[] = [];
    for (let use = 0; use < 3; use += 1) statement.execute(['hello'], (row) => rows.push(row));
    expect(rows).toEqual([{ text: 'hello' }, { text: 'hello' }, { text: 'hello' }]);
    const { sqlite3_stmt_status: status } = capi as unknown as {
      sqlite3_stmt_status(statement: number, counter: number, reset: number): number;
    };
    expect(status(pointer, REPREPARED, 0), sql).toBe(0);
  }
});

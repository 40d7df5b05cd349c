import { err, ok, type Result } from '../../domain/result.ts';
import { DatabaseError, type DatabaseFailure, type SqlConnection, type SqlValue } from '../database.ts';
import type { Pointer } from '../vfs/sqlite-binding.ts';
import { VFS_NAME } from '../vfs/sqlite-vfs.ts';
import type { Volume } from '../vfs/volume.ts';
import type { SqliteEngine } from './engine.ts';
import { StatementFailure, createParameterMemory, createStatement, type Row, type Statement } from './statement.ts';

const PRIMARY_CODE = 0xff;

/** One open connection to a volume. Throws `DatabaseError`; the database above turns it into values. */
export interface Connection extends SqlConnection {
  /** Reserves the end of every page for nonce and tag. Only before the first write of a new database. */
  reservePageBytes(bytes: number): void;
  isInTransaction(): boolean;
  close(): Result<void, DatabaseFailure>;
}

/**
 * @throws DatabaseError where the engine cannot open the volume. The volume stays the caller's to close.
 */
export const openConnection = ({ sqlite, vfs }: SqliteEngine, volume: Volume): Connection => {
  const { capi, wasm } = sqlite;
  const { exports } = wasm;
  const memory = createParameterMemory(sqlite);
  const statements = new Map<string, Statement>();
  const name = vfs.mount(volume);
  const database = open();

  return {
    run(sql, parameters = []) {
      execute(sql, parameters);
      return exports.sqlite3_changes(database);
    },
    rows<T>(sql: string, parameters: readonly SqlValue[] = []) {
      const rows: Row[] = [];
      execute(sql, parameters, (row) => rows.push(row));
      return rows as T[];
    },
    row<T>(sql: string, parameters: readonly SqlValue[] = []) {
      let first: Row | undefined;
      execute(sql, parameters, (row) => (first ??= row));
      return first as T | undefined;
    },
    atomically(work) {
      return isInTransaction() ? work() : transact(work);
    },
    reservePageBytes(bytes) {
      const argument = exports.sqlite3_malloc(4);
      wasm.poke32(argument, bytes);
      const code = capi.sqlite3_file_control(database, 'main', capi.SQLITE_FCNTL_RESERVE_BYTES, argument);
      exports.sqlite3_free(argument);
      if (code !== 0) throw errorOf(code, database);
    },
    isInTransaction,
    close() {
      for (const statement of statements.values()) statement.finalize();
      statements.clear();
      memory.free();
      volume.failure = undefined;
      capi.sqlite3_close_v2(database);
      vfs.unmount(name);
      return volume.failure === undefined ? ok(undefined) : err(volume.failure);
    },
  };

  function isInTransaction(): boolean {
    return exports.sqlite3_get_autocommit(database) === 0;
  }

  function transact<T>(work: () => T): T {
    execute('BEGIN IMMEDIATE', []);
    try {
      const value = work();
      execute('COMMIT', []);
      return value;
    } catch (thrown) {
      // Some failures make SQLite take everything back by itself.
      if (isInTransaction()) execute('ROLLBACK', []);
      throw thrown;
    }
  }

  function open(): Pointer {
    const out = exports.sqlite3_malloc(4);
    const flags = capi.SQLITE_OPEN_READWRITE | capi.SQLITE_OPEN_CREATE;
    const code = capi.sqlite3_open_v2(name, out, flags, VFS_NAME);
    const pointer = wasm.peek32(out);
    exports.sqlite3_free(out);
    if (code === 0) return pointer;
    const error = errorOf(code, pointer);
    capi.sqlite3_close_v2(pointer);
    vfs.unmount(name);
    throw error;
  }

  /** Statements are constant text, so the cache is as large as the repositories are. */
  function statementOf(sql: string): Statement {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const text = new TextEncoder().encode(sql);
    const out = exports.sqlite3_malloc(4);
    const { SQLITE_PREPARE_PERSISTENT } = capi;
    const code = exports.sqlite3_prepare_v3(database, memory.put(text), text.length, SQLITE_PREPARE_PERSISTENT, out, 0);
    const pointer = wasm.peek32(out);
    exports.sqlite3_free(out);
    if (code !== 0) throw errorOf(code, database, sql);
    const statement = createStatement(sqlite, pointer, memory);
    statements.set(sql, statement);
    return statement;
  }

  function execute(sql: string, parameters: readonly SqlValue[], onRow?: (row: Row) => void): void {
    // What a failed checkpoint of an earlier statement left behind is not the reason of this one's failure.
    volume.failure = undefined;
    const statement = statementOf(sql);
    try {
      statement.execute(parameters, onRow);
      if (volume.bug !== undefined) throw volume.bug;
    } catch (thrown) {
      if (thrown instanceof StatementFailure) throw errorOf(thrown.code, database, sql);
      throw thrown;
    }
  }

  /** The meaning of a result code: what the volume said about it, a failure of its own, or a bug of ours. */
  function errorOf(code: number, pointer: Pointer, sql = ''): Error {
    const { bug, failure } = volume;
    volume.bug = undefined;
    volume.failure = undefined;
    if (bug !== undefined) return bug;
    const message = capi.sqlite3_errmsg(pointer);
    switch (code & PRIMARY_CODE) {
      case capi.SQLITE_FULL:
        return new DatabaseError(failure ?? { tag: 'full' }, message);
      case capi.SQLITE_IOERR:
      case capi.SQLITE_CANTOPEN:
        return new DatabaseError(failure ?? { tag: 'io' }, message);
      case capi.SQLITE_CORRUPT:
      case capi.SQLITE_NOTADB:
        return new DatabaseError(failure ?? { tag: 'damaged', part: 'pages' }, message);
      default:
        return new Error(`SQLite ${code}: ${message}; in: ${sql}`);
    }
  }
};

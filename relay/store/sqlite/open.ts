import { DatabaseSync } from 'node:sqlite';
import type { RandomBytes } from '../../../src/domain/ports.ts';
import { DEFAULT_WAITING_LIMITS, ROW_RULES } from '../rules.ts';
import type { Bytes, RelayStore, WaitingLimits } from '../store.ts';
import { createDirectoryStore } from './directory.ts';
import { expireAll } from './expire.ts';
import { createGroupCommit, type Defer } from './group-commit.ts';
import { createGroupStore } from './groups.ts';
import { createKeyPackageStore } from './key-packages.ts';
import { createMailboxStore } from './mailboxes.ts';
import { SCHEMA, SCHEMA_VERSION } from './schema.ts';
import { createSessionStore } from './sessions.ts';
import { createSql, toBytes, type Sql } from './sql.ts';
import { WAITING_SCHEMA } from './waiting.ts';

export type SqliteStoreOptions = {
  /** A path, or `:memory:`. */
  readonly file: string;
  /** The file was put back from a backup: a new incarnation begins. */
  readonly restored?: boolean;
  readonly waitingLimits?: WaitingLimits;
};

/** @throws if the file is no database of this relay, or one of a newer version */
export const openSqliteStore = (
  deps: { readonly random: RandomBytes; readonly defer: Defer },
  options: SqliteStoreOptions,
): RelayStore => {
  const database = new DatabaseSync(options.file);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON');
  const sql = createSql(database);
  prepareSchema(database, sql);
  const incarnation = readIncarnation(sql, deps.random, options.restored ?? false);
  const { write, flush } = createGroupCommit(database, deps.defer);
  return {
    incarnation,
    ...createDirectoryStore(sql, write),
    ...createSessionStore(sql, write),
    ...createKeyPackageStore(sql, write),
    ...createGroupStore(sql, write, { incarnation, waitingLimits: options.waitingLimits ?? DEFAULT_WAITING_LIMITS }),
    ...createMailboxStore(sql, write),
    expire: (nowMs) => write(() => expireAll(sql, nowMs)),
    close: async () => {
      flush();
      database.close();
    },
  };
};

const SET_VERSION = `PRAGMA user_version = ${SCHEMA_VERSION};`;

/** Version 2 added what waits for each mailbox. */
const prepareSchema = (database: DatabaseSync, sql: Sql): void => {
  const version = sql.one<{ user_version: number }>('PRAGMA user_version')?.user_version;
  if (version === 0) database.exec(`BEGIN; ${SCHEMA} ${WAITING_SCHEMA} ${SET_VERSION} COMMIT`);
  else if (version === 1) database.exec(`BEGIN; ${WAITING_SCHEMA} ${SET_VERSION} COMMIT`);
  else if (version !== SCHEMA_VERSION) throw new Error(`the relay's database has format ${String(version)}`);
};

const readIncarnation = (sql: Sql, random: RandomBytes, restored: boolean): Bytes => {
  const stored = sql.one<{ value: Uint8Array }>("SELECT value FROM meta WHERE name = 'incarnation'")?.value;
  if (stored !== undefined && !restored) return toBytes(stored);
  const fresh = random(16);
  sql.run("INSERT INTO meta VALUES ('incarnation', ?) ON CONFLICT DO UPDATE SET value = excluded.value", fresh);
  if (restored) {
    sql.run('UPDATE groups SET next_sequence = next_sequence + ?', ROW_RULES.restoreJump);
    sql.run('UPDATE devices SET next_cursor = next_cursor + ?', ROW_RULES.restoreJump);
  }
  return fresh;
};

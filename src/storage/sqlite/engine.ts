import init from '@sqlite.org/sqlite-wasm';
import type { SqliteBinding } from '../vfs/sqlite-binding.ts';
import { createSqliteVfs, type SqliteVfs } from '../vfs/sqlite-vfs.ts';

/** SQLite, loaded once for a worker or a process; any number of databases may be open in it. */
export interface SqliteEngine {
  readonly sqlite: SqliteBinding;
  readonly vfs: SqliteVfs;
}

/** Loads the engine's WebAssembly (about 350 KB compressed) and registers our file system in it. */
export const loadSqliteEngine = async (): Promise<SqliteEngine> => {
  const sqlite = (await init()) as unknown as SqliteBinding;
  return { sqlite, vfs: createSqliteVfs(sqlite) };
};

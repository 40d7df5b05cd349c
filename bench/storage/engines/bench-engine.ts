import type { Database, SqlValue } from '../../../src/storage/database.ts';
import type { SqliteBinding } from '../../../src/storage/vfs/sqlite-binding.ts';

/** An engine under measurement, in a dedicated worker of its own. */
export interface BenchEngine {
  /** Opens its database, which `create` makes anew; each engine keeps to its own place in the browser's storage. */
  open(mode: 'create' | 'existing'): Promise<BenchDatabase>;
}

export interface BenchDatabase {
  /**
   * Executes one statement, prepared once and kept, and answers how many rows it gave. Where `reads`, they are read into
   * the engine's own row values. Engines with an asynchronous interface answer a promise; the others must not.
   */
  execute(sql: string, parameters: readonly SqlValue[], reads: boolean): number | Promise<number>;
  /** Where our own connection code runs over this engine: the database as our repositories know it. */
  readonly ours: OurDatabase | undefined;
  close(): void | Promise<void>;
}

export interface OurDatabase {
  readonly db: Database;
  readonly sqlite: SqliteBinding;
  /** SQLite's own handle of the connection. */
  readonly handle: number;
}

/** What the page may ask for by name. */
export type EngineName = 'sotto' | 'plain' | 'plain-default' | 'powersync' | 'powersync-kept' | 'evolu' | 'wa-sqlite';

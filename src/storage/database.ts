/**
 * The database as repositories and use cases see it: small, synchronous, one connection. Statements are text written
 * in src/storage/repositories; nobody else writes SQL.
 */
import type { PageKey } from '../crypto/keys.ts';
import type { Result } from '../domain/result.ts';
import type { FileResult } from './file-layer.ts';

/** What a parameter may be. An integer is stored as one, also beyond 32 bits; other numbers as floats. */
export type SqlValue = string | number | bigint | Uint8Array | null;

/** What a column may be. An integer beyond 2^53 is a bigint. Blobs are copies. */
export type SqlResult = string | number | bigint | Uint8Array<ArrayBuffer> | null;

/** Why reading or writing did not happen. Nothing of the transaction it happened in was kept. */
export type DatabaseFailure =
  /** No room. Reading goes on working; deleting may, once the log can be written. */
  | { readonly tag: 'full' }
  | { readonly tag: 'io' }
  /** The files are not ours any more: reopen, or tell. */
  | { readonly tag: 'gone' }
  /** Bytes that nobody with our key wrote: a rotten disk, or somebody's hand. */
  | { readonly tag: 'damaged'; readonly part: DatabasePart };

/** A part of the stored database, named in messages about damage. */
export type DatabasePart = 'superblock' | 'pages' | 'log' | 'freshness' | 'schema';

/**
 * Carries a {@link DatabaseFailure} through SQLite-shaped code up to `transaction` or `read`, which turn it into a
 * value. Nobody else catches it.
 */
export class DatabaseError extends Error {
  readonly failure: DatabaseFailure;

  constructor(failure: DatabaseFailure, message: string) {
    super(message);
    this.name = 'DatabaseError';
    this.failure = failure;
  }
}

/** How much was asked of the files since the database was opened. */
export interface DatabaseStats {
  readonly reads: number;
  readonly writes: number;
  readonly flushes: number;
  readonly bytesWritten: number;
}

export interface RotationProgress {
  readonly movedPages: number;
  readonly pageCount: number;
}

/** What repositories need. All throw {@link DatabaseError}, or an `Error` for a mistake in the SQL (a bug). */
export interface SqlConnection {
  /** Executes one statement; its rows, if any, are dropped. Answers the number of rows changed. */
  run(sql: string, parameters?: readonly SqlValue[]): number;

  /**
   * All rows of one statement, as objects by column name. `Row` is the caller's word: the SQL beside it is what makes
   * it true, and both live in one file.
   */
  rows<Row>(sql: string, parameters?: readonly SqlValue[]): Row[];

  /** The first row, or `undefined`. */
  row<Row>(sql: string, parameters?: readonly SqlValue[]): Row | undefined;

  /** Keeps all that `work` writes or nothing of it: part of the transaction around it, or one of its own. */
  atomically<T>(work: () => T): T;
}

export interface Database extends SqlConnection {
  /**
   * Runs `work` between BEGIN IMMEDIATE and COMMIT. Either all of it is durable (after {@link Database.settle}), or
   * nothing happened. If `work` throws a bug, it is rolled back and thrown on. Transactions do not nest.
   */
  transaction<T>(work: () => T): Result<T, DatabaseFailure>;

  /** Runs `work`, which only reads, and turns a failing database into a value. Also fine inside a transaction. */
  read<T>(work: () => T): Result<T, DatabaseFailure>;

  /** Resolves once every transaction so far is durable; nothing is said to the outside before it. */
  settle(): Promise<FileResult>;

  /**
   * Moves the log into the pages. Done by itself every now and then and at `close`.
   * @param options.emptiesLog gives the log's room back as well, up to 16 MiB that the next writes would use again
   */
  checkpoint(options?: { readonly emptiesLog: boolean }): Result<void, DatabaseFailure>;

  stats(): DatabaseStats;

  /**
   * The vault has a newer page key, of the next epoch, and keeps the one before as long as `rotation` answers something.
   * Only where it answers nothing now. The key is kept, not copied.
   */
  usePageKey(next: { readonly keyEpoch: number; readonly pageKey: PageKey }): void;

  /** `undefined` where every page is sealed under the vault's newest key. */
  rotation(): RotationProgress | undefined;

  /**
   * Moves the next pages to the vault's newest page key, some milliseconds' worth; other work may go on in between, and
   * it goes on after a crash. Answers what is left, `undefined` at the end.
   */
  rotatePages(): Promise<Result<RotationProgress | undefined, DatabaseFailure>>;

  /** Checkpoints, forgets the keys, gives the files back. What was committed is safe even if this fails. */
  close(): Result<void, DatabaseFailure>;
}

/**
 * Where the database's bytes rest (docs/protocol/file-layer.md). A layer is one folder of opaque files: the files of
 * one vault. Everything above it is sealed, so a layer never sees a plaintext, and may be as simple as it likes.
 *
 * Opening is asynchronous, because browsers open files asynchronously; everything on an open file is synchronous,
 * because SQLite is. Every implementation passes `describeFileLayer` of testing/file-layer-contract.ts.
 */
import { ok, type Result } from '../domain/result.ts';

export type FileLayerError =
  /** No room: a quota or the disk. Part of the bytes may have been written; reading goes on working. */
  | { readonly tag: 'full' }
  /** The device or the browser failed. What was written since the last successful flush may be lost. */
  | { readonly tag: 'io' }
  /** Somebody else holds the file. Never answered by opening something else instead. */
  | { readonly tag: 'taken' }
  /** The file is not there, or its handle died under us: site data was cleared, or the machine slept. */
  | { readonly tag: 'gone' };

export type FileResult<T = void> = Result<T, FileLayerError>;

/** What the many calls without a value answer. */
export const done: FileResult = ok(undefined);

/** One open file. A call after `close` answers `gone`. */
export interface StoredFile {
  /**
   * Fills `into` from byte `at` on and answers how many bytes there were: fewer than asked only at the end of the
   * file. Sees every earlier `write`, flushed or not.
   */
  read(into: Uint8Array, at: number): FileResult<number>;

  /**
   * Writes all of `bytes` from byte `at` on; a gap before them reads as zeros. A short write is an error (`full`, or
   * `io`), never a success. Not durable before `flush`, and until then a crash may keep any part of it, in units that
   * are no smaller than 512 bytes aligned to the write's own beginning; bytes outside the range are never touched.
   */
  write(bytes: Uint8Array, at: number): FileResult;

  /** Cuts the file, or extends it with zeros. Not durable before `flush`. */
  truncate(size: number): FileResult;

  /** When it answers `ok`, everything written to *this* file survives a crash, once the layer has settled. */
  flush(): FileResult;

  size(): FileResult<number>;

  /** Gives the file back; without a flush. Twice is harmless. */
  close(): void;
}

export interface FileLayer {
  /**
   * Opens a file, for one holder at a time.
   * @param mode `existing` answers `gone` where there is no such file and creates nothing; `create` makes an empty one
   */
  open(name: string, mode: 'existing' | 'create'): Promise<FileResult<StoredFile>>;

  /** Deletes a file that nobody holds; one that is not there is `ok`. */
  remove(name: string): Promise<FileResult>;

  /**
   * Resolves once everything flushed so far is durable. Immediate where `flush` already is; one strict transaction
   * where files live in memory and are written behind. "Stored here", receipts, acknowledgements and checkpoints go
   * out only after it (docs/protocol/file-layer.md, "Settling").
   */
  settle(): Promise<FileResult>;
}

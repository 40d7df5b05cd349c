import type { DatabaseFailure } from '../database.ts';
import type { FileResult } from '../file-layer.ts';

/** Thrown inside the VFS and turned into a SQLite result code at its one edge (sqlite-vfs.ts). */
export class VolumeFault extends Error {
  readonly failure: DatabaseFailure;

  constructor(failure: DatabaseFailure) {
    super(failure.tag);
    this.name = 'VolumeFault';
    this.failure = failure;
  }
}

/** The value of a file operation, or a fault. An open file that answers `taken` was lost to somebody else. */
export const valueOrFault = <T>(result: FileResult<T>): T => {
  if (result.ok) return result.value;
  throw new VolumeFault(result.error.tag === 'taken' ? { tag: 'gone' } : result.error);
};

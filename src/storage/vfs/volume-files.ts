import { err, ok, type Result } from '../../domain/result.ts';
import type { FileLayer, FileLayerError, FileResult, StoredFile } from '../file-layer.ts';
import { countFile, type CountedFile, type FileCounters } from './counted-file.ts';
import { FILE_NAMES } from './layout.ts';

/** The files of one volume that are open, with one count of all calls to them. */
export interface VolumeFiles {
  readonly counters: FileCounters;
  /** Opens one more. */
  open(name: string, mode: 'existing' | 'create'): Promise<Result<CountedFile, FileLayerError>>;
  /** Gives back one that was opened, and deletes it. */
  remove(name: string): Promise<FileResult>;
  close(): void;
}

export const createVolumeFiles = (layer: FileLayer): VolumeFiles => {
  const counters: FileCounters = { reads: 0, writes: 0, flushes: 0, bytesWritten: 0 };
  const held = new Map<string, StoredFile>();
  return {
    counters,
    async open(name, mode) {
      const opened = await layer.open(name, mode);
      if (!opened.ok) return opened;
      held.set(name, opened.value);
      return ok(countFile(opened.value, counters));
    },
    remove(name) {
      held.get(name)?.close();
      held.delete(name);
      return layer.remove(name);
    },
    close() {
      for (const file of held.values()) file.close();
      held.clear();
    },
  };
};

/** In the order of sequences: even, odd. */
export type FreshnessFiles = readonly [CountedFile, CountedFile];

/**
 * The two freshness tables. The one that counts must be there; the other one is made where it is missing, for a release
 * that knows of none never made it.
 *
 * @param sequence that counts; 0 for none
 */
export const openFreshnessFiles = async (
  files: VolumeFiles,
  sequence: number,
): Promise<Result<FreshnessFiles, FileLayerError>> => {
  const modeOf = (turn: number): 'existing' | 'create' =>
    sequence > 0 && sequence % 2 === turn ? 'existing' : 'create';
  const [even, odd] = await Promise.all([
    files.open(FILE_NAMES.freshnessEven, modeOf(0)),
    files.open(FILE_NAMES.freshnessOdd, modeOf(1)),
  ]);
  if (!even.ok) return err(even.error);
  if (!odd.ok) return err(odd.error);
  return ok([even.value, odd.value]);
};

import { err, ok } from '../../domain/result.ts';
import type { FileLayer, FileResult, StoredFile } from '../file-layer.ts';

/** A disk, or what a browser grants of one, with so much room. Where that is used up, what is there can be changed. */
export interface LimitedDisk {
  /** The same files, which grow as far as this disk has room. */
  readonly holding: (files: FileLayer) => FileLayer;
  readonly freeBytes: () => number;
  /** From now on it takes so much more. */
  readonly setFree: (bytes: number) => void;
}

export interface LimitedDiskOptions {
  /** When what a file was cut by is free: on a disk at once, under the quota of Chromium when the file is closed. */
  readonly cutsAreFree: 'at-once' | 'when-closed';
  readonly freeBytes?: number;
}

export const createLimitedDisk = ({ cutsAreFree, freeBytes = Infinity }: LimitedDiskOptions): LimitedDisk => {
  let free = freeBytes;

  const limit = (file: StoredFile, lengthWhenOpened: number): StoredFile => {
    let taken = lengthWhenOpened;
    const charge = (length: number): void => {
      free -= length - taken;
      taken = length;
    };
    /** What a change that failed has left behind. */
    const chargeRest = (): void => {
      const size = file.size();
      if (size.ok) charge(cutsAreFree === 'at-once' ? size.value : Math.max(taken, size.value));
    };
    const take = (length: number, act: () => FileResult): FileResult => {
      const growth = length - taken;
      if (growth > 0 && growth > free) return err({ tag: 'full' });
      const done = act();
      if (done.ok) charge(length);
      else chargeRest();
      return done;
    };
    return {
      ...file,
      write: (bytes, at) => take(Math.max(taken, at + bytes.length), () => file.write(bytes, at)),
      truncate: (size) => take(cutsAreFree === 'at-once' ? size : Math.max(taken, size), () => file.truncate(size)),
      close() {
        const size = file.size();
        if (size.ok) charge(size.value);
        file.close();
      },
    };
  };

  return {
    holding: (files) => ({
      ...files,
      async open(name, mode) {
        const opened = await files.open(name, mode);
        if (!opened.ok) return opened;
        const size = opened.value.size();
        if (size.ok) return ok(limit(opened.value, size.value));
        opened.value.close();
        return size;
      },
    }),
    freeBytes: () => free,
    setFree: (bytes) => (free = bytes),
  };
};

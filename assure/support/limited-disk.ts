import { err, ok } from '../../src/domain/result.ts';
import type { FileLayer, FileResult, StoredFile } from '../../src/storage/file-layer.ts';

export interface LimitedDisk {
  readonly layer: FileLayer;
  /** From now on it takes so much more. */
  readonly setFree: (bytes: number) => void;
}

/** A disk without room lets no file grow. What a file is cut by is free at once, as on a disk that others fill. */
export const createLimitedDisk = (files: FileLayer): LimitedDisk => {
  let free = Infinity;

  const limit = (file: StoredFile): StoredFile => {
    const resize = (sizeFrom: (before: number) => number, act: () => FileResult): FileResult => {
      const before = file.size();
      if (!before.ok) return before;
      const growth = sizeFrom(before.value) - before.value;
      if (growth > Math.max(0, free)) return err({ tag: 'full' });
      const done = act();
      if (done.ok) free -= growth;
      return done;
    };
    return {
      ...file,
      write: (bytes, at) =>
        resize(
          (before) => Math.max(before, at + bytes.length),
          () => file.write(bytes, at),
        ),
      truncate: (size) =>
        resize(
          () => size,
          () => file.truncate(size),
        ),
    };
  };

  return {
    layer: {
      ...files,
      async open(name, mode) {
        const opened = await files.open(name, mode);
        return opened.ok ? ok(limit(opened.value)) : opened;
      },
    },
    setFree: (bytes) => (free = bytes),
  };
};

import { ok } from '../domain/result.ts';
import type { FileLayer, FileResult, StoredFile } from '../storage/file-layer.ts';

/** Who keeps room for something decides about everything that takes some. */
export interface GrowthWatch {
  /** Before a file is handed out. */
  opening(): Promise<void>;
  /**
   * A call that makes a file longer.
   * @param bytes by how much
   * @param totalBytes length of all open files before it
   * @param act makes it; may be called again where it answered `full`
   */
  grow(bytes: number, totalBytes: number, act: () => FileResult): FileResult;
  /** Nobody has a file of it any more. */
  closed?(): void;
}

/** The same layer; whatever makes a file longer goes through `watch`. */
export const watchGrowth = (layer: FileLayer, watch: GrowthWatch): FileLayer => {
  const sizes = new Map<string, number>();
  let pending = 0;
  const totalBytes = (): number => [...sizes.values()].reduce((sum, size) => sum + size, 0);
  const closeIfUnused = (): void => {
    if (pending === 0 && sizes.size === 0) watch.closed?.();
  };

  const watched = (name: string, file: StoredFile): StoredFile => {
    const change = (size: number, act: () => FileResult): FileResult => {
      const before = sizes.get(name) ?? 0;
      const done = size > before ? watch.grow(size - before, totalBytes(), act) : act();
      if (done.ok) sizes.set(name, size);
      return done;
    };
    return {
      ...file,
      write: (bytes, at) => change(Math.max(sizes.get(name) ?? 0, at + bytes.length), () => file.write(bytes, at)),
      truncate: (size) => change(size, () => file.truncate(size)),
      close() {
        file.close();
        if (sizes.delete(name)) closeIfUnused();
      },
    };
  };

  const open: FileLayer['open'] = async (name, mode) => {
    const [opened] = await Promise.all([layer.open(name, mode), watch.opening()]);
    if (!opened.ok) return opened;
    const size = opened.value.size();
    if (!size.ok) {
      opened.value.close();
      return size;
    }
    sizes.set(name, size.value);
    return ok(watched(name, opened.value));
  };

  return {
    ...layer,
    async open(name, mode) {
      pending += 1;
      try {
        return await open(name, mode);
      } finally {
        pending -= 1;
        closeIfUnused();
      }
    },
  };
};

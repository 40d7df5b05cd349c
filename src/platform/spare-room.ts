import { err, ok } from '../domain/result.ts';
import type { FileLayer, FileResult, StoredFile } from '../storage/file-layer.ts';

/** The same files, that stop growing while there is still room to delete something. */
export interface SparingLayer {
  readonly layer: FileLayer;
  /** Lets files grow into the spare room, for a deletion and what it needs; answers how to end that. */
  readonly liftSpare: () => () => void;
}

export interface SpareRoomDeps {
  /** Bytes that the browser would still take; undefined where it does not say. Never rejects. */
  readonly freeBytes: () => Promise<number | undefined>;
  /** All files together, where their kind of storage has such a limit. */
  readonly bytesMax?: number;
}

/**
 * Deleting writes to the log first, and the log goes into the pages before it begins anew: 16 MiB at most, and some for
 * the transaction. A disk that was filled to the last byte could not be emptied any more.
 */
export const SPARE_ROOM_BYTES = 20 * 2 ** 20;
/** The browser is asked again after so much; until then growth is counted here. */
const ASK_AGAIN_BYTES = 2 ** 20;

const full: FileResult<never> = err({ tag: 'full' });

export const keepSpareRoom = (layer: FileLayer, { freeBytes, bytesMax = Infinity }: SpareRoomDeps): SparingLayer => {
  const sizes = new Map<string, number>();
  let free = Infinity;
  let grown = 0;
  let lifted = 0;

  let asking: Promise<void> = Promise.resolve();

  const ask = (): void => {
    grown = 0;
    asking = freeBytes().then((bytes) => {
      free = bytes ?? Infinity;
    });
  };
  const mayGrow = (bytes: number): boolean => {
    let total = 0;
    for (const size of sizes.values()) total += size;
    const isRoom = bytes <= Math.min(free - grown, bytesMax - total) - SPARE_ROOM_BYTES;
    // There may be room again by the next time.
    if (!isRoom || grown > ASK_AGAIN_BYTES) ask();
    return isRoom || lifted > 0;
  };

  const watch = (name: string, file: StoredFile, initial: number): StoredFile => {
    sizes.set(name, initial);
    const change = (size: number, act: () => FileResult): FileResult => {
      const before = sizes.get(name) ?? 0;
      if (size > before && !mayGrow(size - before)) return full;
      const done = act();
      if (done.ok && size > before) grown += size - before;
      if (done.ok) sizes.set(name, size);
      return done;
    };
    return {
      ...file,
      write: (bytes, at) => change(Math.max(sizes.get(name) ?? 0, at + bytes.length), () => file.write(bytes, at)),
      truncate: (size) => change(size, () => file.truncate(size)),
      close() {
        sizes.delete(name);
        file.close();
      },
    };
  };

  return {
    layer: {
      ...layer,
      async open(name, mode) {
        const opened = await layer.open(name, mode);
        if (!opened.ok) return opened;
        const size = opened.value.size();
        if (!size.ok) {
          opened.value.close();
          return size;
        }
        if (free === Infinity) ask();
        return ok(watch(name, opened.value, size.value));
      },
      /** Whoever was refused and waits for this knows of the room that somebody made meanwhile. */
      async settle() {
        await asking;
        return layer.settle();
      },
    },
    liftSpare() {
      lifted += 1;
      let isOver = false;
      return () => {
        if (!isOver) lifted -= 1;
        isOver = true;
      };
    },
  };
};

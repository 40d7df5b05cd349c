import { err } from '../domain/result.ts';
import type { FileLayer, FileResult } from '../storage/file-layer.ts';
import type { SpareRoom } from '../storage/spare-room.ts';
import { watchGrowth } from './watch-growth.ts';

/** The same files, that stop growing while there is still room to delete something. */
export interface SparingLayer {
  readonly layer: FileLayer;
  readonly spare: SpareRoom;
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

export const full: FileResult<never> = err({ tag: 'full' });

/** Counts what is still to spare, as the browser estimates it. Where files can be kept open, `keepSpareFile` is surer. */
export const keepSpareRoom = (layer: FileLayer, { freeBytes, bytesMax = Infinity }: SpareRoomDeps): SparingLayer => {
  const lifts = countLifts();
  let free = Infinity;
  let grown = 0;

  let asking: Promise<void> = Promise.resolve();

  const ask = (): void => {
    grown = 0;
    asking = freeBytes().then((bytes) => {
      free = bytes ?? Infinity;
    });
  };
  let isOwed = false;
  const mayGrow = (bytes: number, totalBytes: number): boolean => {
    const isRoom = bytes <= Math.min(free - grown, bytesMax - totalBytes) - SPARE_ROOM_BYTES;
    // There may be room again by the next time.
    if (!isRoom || grown > ASK_AGAIN_BYTES) ask();
    isOwed = !isRoom && lifts.isLifted();
    return isRoom || isOwed;
  };

  return {
    layer: {
      ...watchGrowth(layer, {
        async opening() {
          if (free === Infinity) ask();
        },
        grow(bytes, totalBytes, act) {
          if (!mayGrow(bytes, totalBytes)) return full;
          const done = act();
          if (done.ok) grown += bytes;
          return done;
        },
      }),
      /** Whoever was refused and waits for this knows of the room that somebody made meanwhile. */
      async settle() {
        await asking;
        return layer.settle();
      },
    },
    spare: { lift: lifts.lift, isOwed: () => isOwed, bytes: () => 0 },
  };
};

/** Several may be let into the spare room at once; each ends that once. */
export const countLifts = (): { readonly isLifted: () => boolean; readonly lift: () => () => void } => {
  let lifted = 0;
  return {
    isLifted: () => lifted > 0,
    lift() {
      lifted += 1;
      let isOver = false;
      return () => {
        if (!isOver) lifted -= 1;
        isOver = true;
      };
    },
  };
};

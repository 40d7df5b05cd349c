import { ok } from '../domain/result.ts';
import type { FileLayer, FileResult, StoredFile } from '../storage/file-layer.ts';
import { countLifts, full, SPARE_ROOM_BYTES, type SparingLayer } from './spare-room.ts';
import { watchGrowth } from './watch-growth.ts';

/** Holds room and no content: zeros that nobody reads. */
export const SPARE_FILE = 'spare';

/** It grows by so much at once: few writes, and none of them long. */
const STEP_BYTES = 2 ** 20;

/**
 * Keeps the spare room as a file, which is cut when a deletion finds no other room. What a browser says of its quota is
 * no ground to stand on: Chromium estimates 10 GiB of room whatever the quota is, so that nobody is recognised by it.
 *
 * It is as long as all other files, and a step more, up to the whole spare room: a deletion may have to move the log into
 * the pages, and the log is one of them. Zeros are written, for a file that is only extended takes nothing of a disk that
 * other programs fill. Chromium gives room back only when the file is closed as well.
 */
export const keepSpareFile = (layer: FileLayer): SparingLayer => {
  const lifts = countLifts();
  let held: { readonly file: StoredFile; bytes: number } | undefined;
  /** A deletion took the room: the file is to have its length again before anything else grows. */
  let isOwed = false;
  let isInUse = false;
  let holding: Promise<void> | undefined;

  const tryHold = async (mode: 'existing' | 'create'): Promise<void> => {
    const opened = await layer.open(SPARE_FILE, mode);
    if (!opened.ok) return; // and is tried again when something grows
    const size = opened.value.size();
    if (!isInUse || !size.ok) return opened.value.close();
    held = { file: opened.value, bytes: size.value };
  };
  const hold = (mode: 'existing' | 'create'): Promise<void> => {
    if (held !== undefined) return Promise.resolve();
    holding ??= tryHold(mode).finally(() => (holding = undefined));
    return holding;
  };
  /** Until it is long enough for files of so many bytes together. */
  const extend = (spare: NonNullable<typeof held>, totalBytes: number): FileResult => {
    const wanted = Math.min(SPARE_ROOM_BYTES, totalBytes + STEP_BYTES);
    if (spare.bytes < wanted) {
      const zeros = new Uint8Array(STEP_BYTES);
      while (spare.bytes < wanted) {
        const written = spare.file.write(zeros, spare.bytes);
        if (!written.ok) return written;
        spare.bytes += STEP_BYTES;
      }
    }
    isOwed = false;
    return ok(undefined);
  };
  const giveUp = ({ file }: NonNullable<typeof held>): void => {
    file.truncate(0); // where it fails, there is no more room than before, and the caller is told that
    file.close();
    held = undefined;
    isOwed = true;
  };

  return {
    layer: {
      ...watchGrowth(layer, {
        opening() {
          isInUse = true;
          return hold('existing');
        },
        grow(bytes, totalBytes, act) {
          void hold('create');
          if (!lifts.isLifted()) {
            if (held === undefined) return isOwed ? full : act();
            const extended = extend(held, totalBytes + bytes);
            return extended.ok ? act() : extended;
          }
          const grown = act();
          if (grown.ok || grown.error.tag !== 'full' || held === undefined) return grown;
          giveUp(held);
          return act();
        },
        closed() {
          isInUse = false;
          held?.file.close();
          held = undefined;
        },
      }),
      /** Whoever was refused and waits for this knows of the room that somebody made meanwhile. */
      async settle() {
        await holding;
        return layer.settle();
      },
    },
    spare: {
      lift: lifts.lift,
      isOwed: () => isOwed,
      bytes: () => held?.bytes ?? 0,
    },
  };
};

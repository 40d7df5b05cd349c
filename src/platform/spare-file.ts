import { ok } from '../domain/result.ts';
import type { FileLayer, FileResult, StoredFile } from '../storage/file-layer.ts';
import { countLifts, full, SPARE_ROOM_BYTES, type SparingLayer } from './spare-room.ts';
import { watchGrowth } from './watch-growth.ts';

/** Holds room and no content: zeros that nobody reads. */
export const SPARE_FILE = 'spare';

/**
 * Keeps the spare room as a file, which is cut when a deletion finds no other room. What a browser says of its quota is
 * no ground to stand on: Chromium estimates 10 GiB of room whatever the quota is, so that nobody is recognised by it.
 *
 * A quota is used up by a file's length, so extending the file with zeros is enough; browsers stop before the disk is
 * full (Chromium leaves 1 GiB or a hundredth of it). Chromium gives the room back only when the file is closed as well.
 */
export const keepSpareFile = (layer: FileLayer): SparingLayer => {
  const lifts = countLifts();
  let held: StoredFile | undefined;
  /** A deletion took the room, or there was none: it is to be had again before anything else grows. */
  let isOwed = false;
  let isInUse = false;
  let holding: Promise<void> | undefined;

  const tryHold = async (mode: 'existing' | 'create'): Promise<void> => {
    const opened = await layer.open(SPARE_FILE, mode);
    const kept = opened.ok ? keepOpen(opened.value) : opened;
    // Whatever else failed says nothing about room, and is tried again.
    if (kept.ok || kept.error.tag === 'full') isOwed = !kept.ok;
  };
  const keepOpen = (file: StoredFile): FileResult => {
    const extended = isInUse ? file.truncate(SPARE_ROOM_BYTES) : ok(undefined);
    if (isInUse && extended.ok) held = file;
    else file.close();
    return extended;
  };
  const hold = (mode: 'existing' | 'create'): Promise<void> => {
    if (held !== undefined) return Promise.resolve();
    holding ??= tryHold(mode).finally(() => (holding = undefined));
    return holding;
  };
  const giveUp = (file: StoredFile): void => {
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
        grow(_bytes, _totalBytes, act) {
          if (!lifts.isLifted()) {
            void hold('create');
            return isOwed ? full : act();
          }
          const grown = act();
          if (grown.ok || grown.error.tag !== 'full' || held === undefined) return grown;
          giveUp(held);
          return act();
        },
        closed() {
          isInUse = false;
          held?.close();
          held = undefined;
        },
      }),
      /** Whoever was refused and waits for this knows of the room that somebody made meanwhile. */
      async settle() {
        await holding;
        return layer.settle();
      },
    },
    liftSpare: lifts.lift,
  };
};

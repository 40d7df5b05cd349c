import type { SetTimer } from '../../domain/ports.ts';
import type { Database } from '../../storage/database.ts';
import { giveBackPages } from '../../storage/repositories/database-bytes.ts';

/** What is deleted leaves the disk a little later, in small steps between which everything else has its turn. */
export interface Tidying {
  /** Something was deleted, or may have been just before: its bytes go from the pages and the log, which give room back. */
  noteDeleted(): void;
  /** The same, and its room is needed: the first step at once. Does not throw. */
  hurry(): void;
  stop(): void;
}

/** After a deletion; another one within this time goes along. */
const FIRST_MS = 2_000;
const NEXT_MS = 200;
/** In one step: 1 MiB, some ten milliseconds. */
const STEP_PAGES = 256;

/**
 * `secure_delete` writes zeros over a deleted row in its page, but the page as it was stays in the file until the next
 * checkpoint, and its room until it is cut off. Without room for either, it is left to a later deletion.
 */
export const createTidying = (db: Database, setTimer: SetTimer, liftSpare?: () => () => void): Tidying => {
  let cancel: (() => void) | undefined;
  let isStopped = false;

  const tidy = (): void => {
    cancel = undefined;
    const endLift = liftSpare?.();
    try {
      const left = db.transaction(() => giveBackPages(db, STEP_PAGES));
      if (left.ok && left.value > 0) schedule(NEXT_MS);
      else db.checkpoint({ emptiesLog: true });
    } finally {
      endLift?.();
    }
  };
  const schedule = (delayMs: number): void => {
    if (!isStopped) cancel ??= setTimer(tidy, delayMs);
  };

  return {
    noteDeleted: () => schedule(FIRST_MS),
    hurry() {
      cancel?.();
      if (isStopped) return;
      try {
        tidy();
      } catch (bug) {
        // As if a timer had come to it: the deletion before it stands, and is answered.
        setTimer(() => {
          throw bug;
        }, 0);
      }
    },
    stop() {
      isStopped = true;
      cancel?.();
    },
  };
};

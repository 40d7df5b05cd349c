import type { SetTimer } from '../domain/ports.ts';
import type { FileLayer } from './file-layer.ts';

/** A worker that was terminated gives its files back within 13 to 29 ms; one whose machine slept, later or never. */
const LIMIT_MS = 3_000;
const STEP_MS = 5;

/**
 * For whoever holds a vault's lock: nobody else may have its files open then, so one that is taken is about to be given
 * back by a worker that has just ended. It is asked for again, for so long and no longer; nothing is opened in its place.
 */
export const createPatientLayer = (layer: FileLayer, setTimer: SetTimer): FileLayer => ({
  async open(name, mode) {
    for (let waitedMs = 0; ; waitedMs += STEP_MS) {
      const opened = await layer.open(name, mode);
      if (opened.ok || opened.error.tag !== 'taken' || waitedMs >= LIMIT_MS) return opened;
      await new Promise<void>((resolve) => setTimer(resolve, STEP_MS));
    }
  },
  remove: (name) => layer.remove(name),
  settle: () => layer.settle(),
});

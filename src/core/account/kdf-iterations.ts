import { calibrateIterations, type MeasureMs } from '../../crypto/pbkdf2.ts';
import type { CoreDeps } from '../deps.ts';

/** How often a new password is stretched here: about 0.7 s, never below the floor. */
export const kdfIterations = async ({ kdfIterations: given, random, clock }: CoreDeps): Promise<number> => {
  const measureMs: MeasureMs = async (task) => {
    const startedMs = clock();
    await task();
    return clock() - startedMs;
  };
  return given ?? calibrateIterations(random, measureMs);
};

import type { SetTimer } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { exceptionName } from './sync-file.ts';

/**
 * What a browser says that does not give something to this window at all, as private windows of some. `InvalidStateError`
 * is not among them: a connection that the browser is just closing throws it (IndexedDB §4.4, `transaction`), and Firefox
 * says it in a private window (before 115) and of a profile that it cannot open alike, where accounts may well be stored.
 */
const REFUSALS: readonly string[] = [
  ...['SecurityError', 'NotAllowedError', 'NotSupportedError'],
  ...['ReferenceError', 'TypeError'], // it does not even have it
];
/** A browser whose storage is being started, or was just repaired, is ready within a second. */
const WAITS_MS: readonly number[] = [50, 250, 1_000];

/**
 * Asks a browser for a kind of storage. `refused`: it grants none, and would say the same again. `failed`: it did not
 * answer, several times; what is stored there may be there all the same.
 */
export const askPatiently = async <T>(
  ask: () => Promise<T>,
  setTimer: SetTimer,
): Promise<Result<T, { readonly tag: 'refused' | 'failed' }>> => {
  for (const waitMs of [...WAITS_MS, undefined]) {
    try {
      return ok(await ask());
    } catch (error) {
      if (REFUSALS.includes(exceptionName(error))) return err({ tag: 'refused' });
    }
    if (waitMs !== undefined) await new Promise<void>((resolve) => setTimer(resolve, waitMs));
  }
  return err({ tag: 'failed' });
};

import { commitChange } from '../context.ts';
import type { ReadingDeps } from './reading-deps.ts';

/** A change whose failure the contract has no word for: drafts, settings. Rejects where it was not stored. */
export const durably = async <T>(deps: Pick<ReadingDeps, 'db' | 'changes'>, work: () => T): Promise<T> => {
  const committed = await commitChange(deps, work);
  if (!committed.ok) throw new Error(`a change was not stored: ${committed.error.tag}`);
  return committed.value;
};

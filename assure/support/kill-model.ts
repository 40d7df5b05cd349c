import { createMemoryFileLayer } from '../../src/storage/file-layer-memory.ts';
import { createTestDatabase } from '../../src/storage/testing/storage-fixture.ts';
import { createWorkload, summarise, transactionsOf, type Workload } from '../../src/storage/testing/workload.ts';
import { transact, type Found, type Life } from '../killed-page/life.ts';

/** The same work in memory, where nobody is killed: it knows what has to stand in the database after each transaction. */
export interface KillModel {
  /** Goes on from where the model stands. */
  begin(life: Life): void;
  /** What is wrong with what was found, in words; goes on to where it stands. */
  judge(found: Found, acknowledged: number): string | undefined;
}

/** @param seed of the first life, which prepares the database */
export const createKillModel = async (seed: number): Promise<KillModel> => {
  const db = await createTestDatabase(createMemoryFileLayer());
  createWorkload(db, seed).prepare();
  let current: { readonly life: Life; readonly workload: Workload; index: number } | undefined;

  const advance = (): void => {
    if (current === undefined) throw new Error('nobody works here yet');
    transact(current.workload, current.life.work, current.index);
    current.index += 1;
  };

  return {
    begin(life) {
      current = { life, workload: createWorkload(db, life.seed, transactionsOf(db)), index: 0 };
    },

    judge({ problem, transactions, summary }, acknowledged) {
      if (problem !== undefined) return problem;
      if (transactions < acknowledged) return `lost: ${acknowledged} acknowledged, ${transactions} there`;
      // The one that was under way, and no other, may be there without an acknowledgement.
      if (transactions > acknowledged + 1) return `${transactions} transactions, ${acknowledged} acknowledged`;
      while (transactionsOf(db) < transactions) advance();
      return summarise(db) === summary ? undefined : `half a transaction at ${transactions}`;
    },
  };
};

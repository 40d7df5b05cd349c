/** What is done to a database while the power may fail at any change of a file. */
import { generateKey, type PageKey } from '../../src/crypto/keys.ts';
import type { DatabaseOptions } from '../../src/storage/open-database.ts';
import { recordRun, type RecordedRun, type RecordOptions } from '../../src/storage/testing/crash-sweep.ts';
import { seededRandom, testPageKey } from '../../src/storage/testing/storage-fixture.ts';

export interface CrashWork {
  readonly name: string;
  readonly steps: number;
  readonly act: RecordOptions['act'];
  readonly database?: Partial<DatabaseOptions>;
  /** Of all crash points that a full run asks for. */
  readonly share: number;
}

export const CRASH_WORKS: readonly [CrashWork, ...CrashWork[]] = [
  { name: 'sending', share: 0.25, steps: 60, act: (workload) => workload.send() },
  { name: 'receiving', share: 0.25, steps: 60, act: (workload, index) => workload.receive(1 + (index % 5)) },
  {
    name: 'moving the log into the pages',
    share: 0.2,
    steps: 40,
    act(workload, index, db) {
      if (index % 2 === 0) workload.receive(2);
      else db.checkpoint();
    },
  },
  {
    name: 'deleting and giving pages back',
    share: 0.15,
    steps: 40,
    act(workload, index, db) {
      if (index % 2 === 0) workload.receive(6);
      else if (index % 8 === 7) db.checkpoint({ emptiesLog: true });
      else workload.shrink(5);
    },
  },
  {
    name: 'rotating the page key',
    share: 0.15,
    steps: 9,
    database: {
      keyEpoch: 2,
      pageKey: generateKey<PageKey>(seededRandom(77)),
      previousPageKey: testPageKey(),
    },
    async act(workload, index, db) {
      if (index % 3 === 0) workload.receive(2);
      else await db.rotatePages();
    },
  },
];

export const recordWork = (work: CrashWork, seed: number, synchronous: 'FULL' | 'OFF' = 'FULL'): Promise<RecordedRun> =>
  recordRun({ seed, transactions: work.steps, act: work.act, database: { ...work.database, synchronous } });

/** Where each transaction was acknowledged, counted in operations other than flushes. */
export const withoutFlushes = ({ operations, acknowledgedAt, ...rest }: RecordedRun): RecordedRun => ({
  ...rest,
  operations: operations.filter(({ kind }) => kind !== 'flush'),
  acknowledgedAt: acknowledgedAt.map((at) => operations.slice(0, at).filter(({ kind }) => kind !== 'flush').length),
});

/** What is done to a database while the power may fail at any change of a file. */
import { generateKey, type PageKey } from '../../src/crypto/keys.ts';
import { keepSpareFile } from '../../src/platform/spare-file.ts';
import type { DatabaseOptions } from '../../src/storage/open-database.ts';
import type { SpareRoom } from '../../src/storage/spare-room.ts';
import { recordRun, type RecordedRun, type RecordOptions } from '../../src/storage/testing/crash-sweep.ts';
import { withoutFlushes } from '../../src/storage/testing/file-layer-faulty.ts';
import { createLimitedDisk, type LimitedDisk } from '../../src/storage/testing/limited-disk.ts';
import { seededRandom, testPageKey } from '../../src/storage/testing/storage-fixture.ts';

export interface CrashWork {
  readonly name: string;
  readonly steps: number;
  readonly act: RecordOptions['act'];
  readonly database?: Partial<DatabaseOptions>;
  readonly over?: NonNullable<RecordOptions['over']>;
  /** Of all crash points that a full run asks for. */
  readonly share: number;
}

/**
 * Sends while there is room, deletes and tidies up where there is none: the spare file grows, is cut, and grows again,
 * in operations that a crash may keep, drop or tear like those of the database's own files.
 */
export const fillingUp = (): CrashWork => {
  let disk: (LimitedDisk & { readonly spare: SpareRoom }) | undefined;
  return {
    name: 'sending and deleting on a full disk, with room kept for deleting,',
    share: 0.1,
    steps: 40,
    over(layer) {
      const limited = createLimitedDisk({ cutsAreFree: 'at-once' });
      const { layer: sparing, spare } = keepSpareFile(limited.holding(layer));
      disk = { ...limited, spare };
      return sparing;
    },
    async act(workload, index, db) {
      if (disk === undefined) throw new Error('no disk');
      const { spare, setFree } = disk;
      if (index % 5 < 4) {
        // An empty log: what comes needs room.
        if (index === 0) db.checkpoint({ emptiesLog: true });
        if (index % 5 === 0) workload.receive(6);
        else workload.send();
        await db.settle();
        if (index > 0 && spare.isOwed()) throw new Error('nothing is kept');
        return;
      }
      setFree(0);
      const endLift = spare.lift();
      workload.shrink(5);
      db.checkpoint({ emptiesLog: true });
      endLift();
      if (!spare.isOwed()) throw new Error('nothing was taken of what is kept');
      setFree(Infinity);
      // Whoever comes first is refused, and has the file opened again for those after.
      const refused = db.transaction(() => db.run(`INSERT INTO settings VALUES ('refused', zeroblob(9000))`));
      if (refused.ok) throw new Error('not refused');
      await db.settle();
    },
  };
};

export const CRASH_WORKS: readonly [CrashWork, ...CrashWork[]] = [
  { name: 'sending', share: 0.2, steps: 60, act: (workload) => workload.send() },
  { name: 'receiving', share: 0.2, steps: 60, act: (workload, index) => workload.receive(1 + (index % 5)) },
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
  fillingUp(),
];

export const recordWork = (work: CrashWork, seed: number, synchronous: 'FULL' | 'OFF' = 'FULL'): Promise<RecordedRun> =>
  recordRun({ ...work, seed, transactions: work.steps, database: { ...work.database, synchronous } });

/** Where each transaction was acknowledged, counted in operations other than flushes. */
export const lyingAboutFlushes = ({ operations, acknowledgedAt, ...rest }: RecordedRun): RecordedRun => ({
  ...rest,
  operations: withoutFlushes(operations),
  acknowledgedAt: acknowledgedAt.map((at) => withoutFlushes(operations.slice(0, at)).length),
});

import type { Database } from '../database.ts';
import type { FileLayer } from '../file-layer.ts';
import { createMemoryFileLayer, type FileImages } from '../file-layer-memory.ts';
import { openDatabase, type DatabaseOptions } from '../open-database.ts';
import { createSearchIndex } from '../repositories/search-index.ts';
import { checkSearchIndex } from './check-search-index.ts';
import { CRASH_VARIANTS, createCrashReplay, type CrashVariant } from './crash-images.ts';
import { createFaultyFileLayer, type FileOperation } from './file-layer-faulty.ts';
import {
  createTestDatabase,
  openTestDatabase,
  seededChance,
  seededRandom,
  testDeps,
  testOptions,
} from './storage-fixture.ts';
import type { SweepResult } from './sweep-result.ts';
import { createWorkload, summarise, transactionsOf, type Workload } from './workload.ts';

/** A run of a workload, with everything that is needed to crash it anywhere. */
export interface RecordedRun {
  readonly base: FileImages;
  readonly operations: readonly FileOperation[];
  /** By number of transaction: how many file operations there were when it was acknowledged. */
  readonly acknowledgedAt: readonly number[];
  /** By number of transaction: what stood in the database after it. */
  readonly summaries: readonly string[];
  /** With what it is opened again: the keys, above all. */
  readonly database: Partial<DatabaseOptions>;
  readonly over: (layer: FileLayer) => FileLayer;
}

export interface RecordOptions {
  readonly seed: number;
  readonly transactions: number;
  /** One step of the run: a transaction, or something else that changes files. */
  readonly act: (workload: Workload, index: number, db: Database) => void | Promise<void>;
  readonly database?: Partial<DatabaseOptions>;
  /** What stands between the database and the files whose operations are written down; also when it is opened again. */
  readonly over?: (layer: FileLayer) => FileLayer;
}

const bare = (layer: FileLayer): FileLayer => layer;

/** Small, so that checkpoints and new log generations happen every few transactions. */
const CHECKPOINT_FRAMES = 60;

/** Runs the workload over a layer that writes everything down, ending with an orderly close. */
export const recordRun = async (options: RecordOptions): Promise<RecordedRun> => {
  const { seed, transactions, act, database = {}, over = bare } = options;
  const empty = createMemoryFileLayer();
  const first = await createTestDatabase(empty);
  createWorkload(first, seed).prepare();
  const beginning = summarise(first);
  first.close();
  const base = empty.images();

  const layer = createFaultyFileLayer(base);
  const db = await openTestDatabase(over(layer), { checkpointFrames: CHECKPOINT_FRAMES, ...database });
  const workload = createWorkload(db, seed, 1);
  const acknowledgedAt = [0, 0];
  const summaries = ['', beginning];
  for (let index = 0; index < transactions; index += 1) {
    await act(workload, index, db);
    if (transactionsOf(db) < summaries.length) continue;
    acknowledgedAt.push(layer.operations.length);
    summaries.push(summarise(db));
  }
  db.close();
  return { base, operations: layer.operations, acknowledgedAt, summaries, database, over };
};

/** What is wrong with a database that came back, in words; `undefined` if nothing is. */
export const judge = (db: Database, run: Pick<RecordedRun, 'summaries'>, acknowledged: number): string | undefined => {
  const integrity = db.row<{ integrity_check: string }>('PRAGMA integrity_check');
  if (integrity?.integrity_check !== 'ok') return 'corrupt';
  const transactions = transactionsOf(db);
  if (transactions < acknowledged) return `lost: ${acknowledged} acknowledged, ${transactions} there`;
  if (summarise(db) !== run.summaries[transactions]) return `half a transaction at ${transactions}`;
  return undefined;
};

/** Opens what a crash left, judges it, and goes on working with it for one transaction. */
const tryCrash = async (images: FileImages, run: RecordedRun, acknowledged: number): Promise<string | undefined> => {
  const layer = run.over(createMemoryFileLayer(images));
  const opened = await openDatabase(await testDeps(layer, seededRandom(3)), testOptions(run.database));
  if (!opened.ok) return `not opened: ${opened.error.tag}`;
  const db = opened.value;
  try {
    const judged = db.read(() => judge(db, run, acknowledged));
    if (!judged.ok) return `not readable: ${judged.error.tag}`;
    if (judged.value !== undefined) return judged.value;
    for (let step = 0; db.rotation() !== undefined; step += 1) {
      const rotated = await db.rotatePages();
      if (!rotated.ok || step > 20) return 'keys not rotated to the end';
    }
    const written = db.transaction(() => {
      db.run(`INSERT INTO settings (key, value) VALUES ('after', x'01')`);
      createSearchIndex(db).catchUp();
      return checkSearchIndex(db);
    });
    return written.ok ? written.value : `not writable: ${written.error.tag}`;
  } finally {
    db.close();
  }
};

/**
 * Crashes before every operation, in every variant, until `asked` cases were tried. Images that come out equal (after a
 * flush there is nothing to lose) count once.
 */
export const sweepCrashes = async (run: RecordedRun, seed: number, asked: number): Promise<SweepResult> => {
  const chance = seededChance(seed);
  const replay = createCrashReplay(run.base, run.operations);
  let tried = 0;
  let bad = 0;
  let example: string | undefined;
  for (let position = 0; position <= run.operations.length && tried < asked; position += 1) {
    if (position > 0) replay.step();
    const acknowledged = run.acknowledgedAt.filter((at) => at <= position).length - 1;
    for (const variant of variantsAt(replay.unflushedCount)) {
      const wrong = await tryCrash(replay.images(variant, chance), run, acknowledged);
      tried += 1;
      if (wrong === undefined) continue;
      bad += 1;
      example ??= `seed ${seed}, before operation ${position}, ${variant}: ${wrong}`;
    }
  }
  return { tried, bad, example };
};

/** With one operation in flight, a subset of it is all or nothing; with none, there is nothing to vary. */
const variantsAt = (unflushed: number): readonly CrashVariant[] => {
  if (unflushed === 0) return ['kept'];
  if (unflushed === 1) return ['kept', 'dropped', 'torn', 'torn', 'torn'];
  return CRASH_VARIANTS;
};

import type { BenchLine } from '../../contract.ts';
import type { Rounds } from '../../statistics.ts';
import type { EngineName } from '../engines/bench-engine.ts';
import type { LabWorker } from '../lab.ts';
import { bound, lineOfTurns } from '../line.ts';
import { rotated } from '../rotation.ts';
import { BOTH, compareBoth, count, leave, roundsFor, visit, type Scene, type Stored } from './scene.ts';

const ROUNDS = 12;
const PAGES = 40;

interface Reader {
  readonly worker: LabWorker;
  readonly stored: Stored;
}

/** Every page at a place of its own, anywhere in the history, with a cache of a fifth of the database. */
export async function* measureSmallCache(scene: Scene, messages: number): AsyncGenerator<BenchLine> {
  const { browser, scale } = scene;
  const readers = await visitAll(
    scene,
    BOTH.map((engine) => ({ engine, messages })),
  );
  for (const { worker } of readers) await worker.call('shrinkCache');
  const times = await readInTurns(readers, { scale, isWarm: false });
  const byEngine = new Map([...times].map(([{ engine }, values]) => [engine, values]));
  yield compareBoth(`${browser}: page of 50, database 5 x the cache, ours / plain`, byEngine, bound(browser, 1.8));
  for (const { worker } of readers) await leave(worker);
}

/** What a longer history costs, with the app's own cache. */
export async function* measurePaging(scene: Scene, small: number, large: number): AsyncGenerator<BenchLine> {
  const { browser, scale } = scene;
  const stores = [small, large].flatMap((messages) => BOTH.map((engine): Stored => ({ engine, messages })));
  const readers = await visitAll(scene, stores);
  for (const isWarm of [false, true]) {
    const times = await readInTurns(readers, { scale, isWarm });
    const of = (engine: EngineName, messages: number): Rounds => {
      const stored = stores.find((one) => one.engine === engine && one.messages === messages);
      return (stored && times.get(stored)) ?? [];
    };
    const how = `${browser}: page of 50 ${isWarm ? 'read before' : 'anywhere'}`;
    const sizes = `at ${count(large)} / at ${count(small)} messages`;
    yield lineOfTurns(`${how}, ours, ${sizes}`, of('sotto', large), {
      unit: 'ms',
      baseline: of('sotto', small),
      must: isWarm ? undefined : bound(browser, 1.3),
    });
    yield lineOfTurns(`${how}, plain, ${sizes}`, of('plain', large), { unit: 'ms', baseline: of('plain', small) });
    const name = `${how}, ours / plain at ${count(large)} messages`;
    yield lineOfTurns(name, of('sotto', large), { unit: 'ms', baseline: of('plain', large) });
  }
  for (const { worker } of readers) await leave(worker);
}

const visitAll = ({ lab }: Scene, stores: readonly Stored[]): Promise<readonly Reader[]> =>
  Promise.all(stores.map(async (stored) => ({ worker: await visit(lab, stored), stored })));

const readInTurns = async (
  readers: readonly Reader[],
  { scale, isWarm }: { readonly scale: number; readonly isWarm: boolean },
): Promise<ReadonlyMap<Stored, Rounds>> => {
  const times = roundsFor(readers.map(({ stored }) => stored));
  const rounds = Math.max(4, Math.round(ROUNDS * scale));
  for (let round = 0; round < rounds; round += 1) {
    for (const { worker, stored } of rotated(readers, round)) {
      times.get(stored)?.push([...(await worker.call('readPages', stored.messages, PAGES, isWarm))]);
    }
  }
  return times;
};

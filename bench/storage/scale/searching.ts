import type { BenchLine } from '../../contract.ts';
import { bound, line, lineOfTurns } from '../line.ts';
import { rotated } from '../rotation.ts';
import { count, leave, visit, type Scene, type Stored } from './scene.ts';
import { summarise, type SearchSamples } from './search-samples.ts';

const ROUNDS = 20;

/** The named mix of queries (src/storage/testing/search-mix.ts), newest hits first, through our search repository. */
export async function* measureSearching(scene: Scene, small: number, large: number): AsyncGenerator<BenchLine> {
  const { browser } = scene;
  const [ofSmall, ofPlain, ofLarge] = await searchInTurns(scene, [
    { engine: 'sotto', messages: small },
    { engine: 'plain', messages: large },
    { engine: 'sotto', messages: large },
  ]);
  if (ofSmall === undefined || ofPlain === undefined || ofLarge === undefined) throw new Error('nothing was searched');
  if (ofPlain.hits !== ofLarge.hits) throw new Error(`${ofPlain.hits} and ${ofLarge.hits} hits are not equal work`);

  const mix = `${browser}: full-text search, p95 of the mix`;
  const beside = `ours / plain at ${count(large)} messages`;
  yield lineOfTurns(`${mix}, warm, ${beside}`, ofLarge.warmP95, {
    unit: 'ms',
    baseline: ofPlain.warmP95,
    must: bound(browser, 1.1),
  });
  yield lineOfTurns(`${mix}, warm, ours, at ${count(large)} / at ${count(small)} messages`, ofLarge.warmP95, {
    unit: 'ms',
    baseline: ofSmall.warmP95,
    must: bound(browser, 4),
  });
  yield line(`${mix}, cold, ${beside}`, ofLarge.coldP95, { unit: 'ms', baseline: ofPlain.coldP95 });
  for (const [query, ms] of ofLarge.byName) {
    const name = `${browser}: full-text search, ${query}, warm, ${beside}`;
    yield line(name, ms, { unit: 'ms', baseline: ofPlain.byName.get(query) ?? Number.NaN });
  }
}

const searchInTurns = async ({ lab, scale }: Scene, stores: readonly Stored[]) => {
  const searchers = await Promise.all(
    stores.map(async (stored) => ({ worker: await visit(lab, stored), taken: [] as SearchSamples })),
  );
  const rounds = 1 + Math.max(3, Math.round(ROUNDS * scale));
  for (let round = 0; round < rounds; round += 1) {
    for (const { worker, taken } of rotated(searchers, round)) taken.push(await worker.call('search'));
  }
  for (const { worker } of searchers) await leave(worker);
  return searchers.map(({ taken }) => summarise(taken));
};

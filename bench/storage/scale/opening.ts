import type { BenchLine } from '../../contract.ts';
import { bound } from '../line.ts';
import { rotated } from '../rotation.ts';
import { arrive, BOTH, compareBoth, count, leave, roundsFor, type Scene } from './scene.ts';

const OPENINGS = 15;

/** The engine is loaded and compiled: from the open folder to the list of conversations and the newest page of one. */
export async function* measureOpening({ lab, browser, scale }: Scene, messages: number): AsyncGenerator<BenchLine> {
  const times = roundsFor(BOTH);
  const rounds = Math.max(5, Math.round(OPENINGS * scale));
  for (let round = 0; round < rounds; round += 1) {
    for (const engine of rotated(BOTH, round)) {
      const worker = await arrive(lab, { engine, messages });
      times.get(engine)?.push([await worker.call('openToFirstPage')]);
      await leave(worker);
    }
  }
  const name = `${browser}: cold open to the first page, ${count(messages)} messages, ours / plain`;
  yield compareBoth(name, times, bound(browser, 1.2));
}

import type { BenchLine } from '../contract.ts';
import { fillBoth } from './scale/fill.ts';
import { measureMemory } from './scale/memory.ts';
import { measureOpening } from './scale/opening.ts';
import { measurePaging, measureSmallCache } from './scale/paging.ts';
import type { Scene } from './scale/scene.ts';
import { measureSearching } from './scale/searching.ts';

const SMALL = 10_000;
const MEDIUM = 50_000;
const LARGE = 1_000_000;

/** Our database and the plain one with the same histories of several sizes, read by the same repositories. */
export async function* measureAtScale(scene: Scene): AsyncGenerator<BenchLine> {
  const { scale } = scene;
  const small = Math.max(1_000, Math.round(SMALL * scale));
  const medium = Math.max(2_000, Math.round(MEDIUM * scale));
  const large = Math.max(5_000, Math.round(LARGE * scale));
  for (const messages of [small, medium, large]) await fillBoth(scene, messages);
  yield* measureOpening(scene, medium);
  yield* measureSmallCache(scene, medium);
  yield* measurePaging(scene, small, large);
  yield* measureSearching(scene, small, large);
  yield* measureMemory(scene, large);
}

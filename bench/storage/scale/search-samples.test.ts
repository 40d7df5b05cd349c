import { expect, it } from 'vitest';
import { summarise } from './search-samples.ts';

it('keeps the first round apart, and takes the tail over the queries of each other one', () => {
  const round = (frequent: number, rare: number) => [
    { name: 'frequent', ms: frequent, hits: 30 },
    { name: 'rare', ms: rare, hits: 1 },
  ];
  const summary = summarise([round(90, 50), round(4, 1), round(5, 200), round(6, 2)]);
  expect(summary.coldP95).toBe(90);
  expect(summary.warmP95).toEqual([[4], [200], [6]]);
  expect([...summary.byName]).toEqual([
    ['frequent', 5],
    ['rare', 2],
  ]);
  expect(summary.hits).toBe(31);
});

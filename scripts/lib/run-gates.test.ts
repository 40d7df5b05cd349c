import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Gate } from './gates.ts';
import { runGates } from './run-gates.ts';
import { onePassed } from './tally.ts';

let running: Set<string>;
let seen: string[];
beforeEach(() => {
  running = new Set();
  seen = [];
  vi.spyOn(console, 'log').mockReturnValue(undefined);
});
afterEach(() => vi.restoreAllMocks());

const gate = (name: string, isAlone = false, fails = false): Gate => ({
  name,
  limitMs: 1_000,
  ...(isAlone && { isAlone }),
  async run() {
    running.add(name);
    await new Promise(setImmediate);
    seen.push([...running].sort().join('+'));
    await new Promise(setImmediate);
    running.delete(name);
    if (fails) throw new Error('it crashed');
    return { tally: onePassed, details: '' };
  },
});

test('gates run two at a time, those that need the machine alone', async () => {
  await runGates([gate('a'), gate('b'), gate('c'), gate('X', true), gate('d')]);
  expect(seen).toEqual(['a+b', 'a+b', 'c', 'X', 'd']);
});

test('a gate that fails or crashes keeps none from running', async () => {
  const tallies = await runGates([gate('a', false, true), gate('b'), gate('X', true, true), gate('c')]);
  expect(tallies.map(({ failed }) => failed).sort()).toEqual([0, 0, 1, 1]);
});

test('nobody gets more time than is left', async () => {
  const limits: number[] = [];
  const timed: Gate = {
    ...gate('a'),
    limitMs: 60_000,
    run: async (limitMs) => (limits.push(limitMs), { tally: onePassed, details: '' }),
  };
  await runGates([timed], performance.now() + 5_000);
  expect(limits[0]).toBeLessThanOrEqual(5_000);
});

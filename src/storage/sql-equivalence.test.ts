import { expect, it } from 'vitest';
import { sweepStatements } from './testing/statement-sweep.ts';

it('answers every statement as plain SQLite does, also over checkpoints and crashes', async () => {
  expect(await sweepStatements(42, 2_000)).toEqual({ tried: 2_001, bad: 0, example: undefined });
}, 120_000);

it.each([
  { seed: 42, asked: 2_000, at: 'SELECT' },
  { seed: 12, asked: 2_000, at: 'opening after a crash' },
  { seed: 80, asked: 2_000, at: 'giving pages back' },
  { seed: 13, asked: 60, at: 'integrity check' },
])('and would be seen to answer otherwise, or to fail: $at', async ({ seed, asked, at }) => {
  const { bad, example } = await sweepStatements(seed, asked, { losesPages: true });
  expect(bad).toBe(1);
  expect(example).toMatch(new RegExp(`^seed ${seed}, statement \\d+: ${at}`, 'u'));
});

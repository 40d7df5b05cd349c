import { expect, it } from 'vitest';
import { sweepStatements } from './testing/statement-sweep.ts';

it('answers every statement as plain SQLite does, also over checkpoints and crashes', async () => {
  expect(await sweepStatements(42, 2_000)).toEqual({ tried: 2_001, bad: 0, example: undefined });
}, 120_000);

it('and would be seen to answer otherwise', async () => {
  const { bad } = await sweepStatements(42, 2_000, { losesPages: true });
  expect(bad).toBeGreaterThan(0);
}, 120_000);

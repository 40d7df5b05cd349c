/** Whole stores put back: the sweep of `npm run assure -- storage`, in small. */
import { expect, test } from 'vitest';
import { sweepRollbacks } from './testing/rollback-sweep.ts';

test('a whole store put back, or a clone beside the living one, is found before anything leaves it', async () => {
  const { found, spared } = await sweepRollbacks({ seed: 7, rollbacks: 10 });
  expect(found).toEqual({ tried: 10, bad: 0, example: undefined });
  expect(spared).toMatchObject({ bad: 0, example: undefined });
  expect(spared.tried).toBeGreaterThan(0);
});

test('the sweep sees a relay that helps whoever put the store back', async () => {
  const { found } = await sweepRollbacks({ seed: 7, rollbacks: 10, isBlind: true });
  expect(found.bad).toBeGreaterThan(0);
});

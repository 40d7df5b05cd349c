import { expect, it } from 'vitest';
import { sweepCanaries } from './testing/canary-sweep.ts';

it('nothing that was written can be read in the files, nor can any key; what was deleted is nowhere', async () => {
  const { sealed, forgotten } = await sweepCanaries(1, 100);
  expect(sealed).toMatchObject({ bad: 0, example: undefined });
  expect(forgotten).toMatchObject({ bad: 0, example: undefined });
});

it('and a deleted text that stayed somewhere would be found', async () => {
  const { forgotten } = await sweepCanaries(2, 50, true);
  expect(forgotten.bad).toBeGreaterThan(0);
});

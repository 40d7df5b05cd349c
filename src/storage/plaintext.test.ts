import { expect, it } from 'vitest';
import { sweepCanaries } from './testing/canary-sweep.ts';

it('nothing that was written can be read in the files, nor can any key; what was deleted is nowhere', async () => {
  const { sealed, forgotten } = await sweepCanaries(1, 100);
  expect(sealed).toMatchObject({ bad: 0, example: undefined });
  expect(forgotten).toMatchObject({ bad: 0, example: undefined });
});

it('and a deleted text that stayed somewhere would be found', async () => {
  const { sealed, forgotten } = await sweepCanaries(2, 50, 'kept');
  expect(forgotten.bad).toBeGreaterThan(0);
  expect(sealed.bad).toBe(0);
});

it('and a text that is written in clear would be found', async () => {
  const { sealed } = await sweepCanaries(2, 50, 'in-clear');
  expect(sealed.bad).toBeGreaterThan(0);
});

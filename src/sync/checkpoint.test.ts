import { expect, test } from 'vitest';
import { judgeCheckpoint } from './checkpoint.ts';

const value = (fill: number): Uint8Array<ArrayBuffer> => new Uint8Array(32).fill(fill);
const [older, confirmed, pending, strange] = [value(1), value(2), value(3), value(9)];

test('a device that never synced begins', () => {
  expect(judgeCheckpoint({ confirmed: undefined, pending: value(1) }, undefined, false, false)).toBe(
    'confirmed-stands',
  );
});

test('a crash before or after the compare-and-set is told apart', () => {
  expect(judgeCheckpoint({ confirmed, pending }, confirmed, true, false)).toBe('confirmed-stands');
  expect(judgeCheckpoint({ confirmed, pending }, pending, false, false)).toBe('pending-stands');
});

test('an old copy of the store, or a second one in use, is told before anything leaves it', () => {
  expect(judgeCheckpoint({ confirmed, pending: undefined }, strange, false, false)).toBe('store-is-old');
  expect(judgeCheckpoint({ confirmed, pending: undefined }, strange, false, true)).toBe('store-is-old');
  expect(judgeCheckpoint({ confirmed, pending }, older, true, false)).toBe('store-is-old');
  expect(judgeCheckpoint({ confirmed, pending }, undefined, false, false)).toBe('store-is-old');
});

test('a relay that was put back from a backup says so by its incarnation', () => {
  expect(judgeCheckpoint({ confirmed, pending }, older, true, true)).toBe('relay-restored');
  expect(judgeCheckpoint({ confirmed, pending }, undefined, false, true)).toBe('relay-restored');
});

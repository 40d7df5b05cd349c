import { expect, test } from 'vitest';
import { isOtherIncarnation, judgeCheckpoint } from './checkpoint.ts';

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
  // It may have had the pending one, and what was sent after it.
  expect(judgeCheckpoint({ confirmed, pending }, confirmed, false, true)).toBe('relay-restored');
  expect(judgeCheckpoint({ confirmed: undefined, pending }, undefined, false, true)).toBe('relay-restored');
});

test('a relay that was put back and has the newest value lost nothing of this device', () => {
  expect(judgeCheckpoint({ confirmed, pending }, pending, false, true)).toBe('pending-stands');
});

test('a device that has just become one has lost nothing at whichever relay', () => {
  const begun = { confirmed: undefined, pending: undefined };
  expect(judgeCheckpoint(begun, undefined, false, true)).toBe('confirmed-stands');
  expect(isOtherIncarnation(undefined, older)).toBe(false);
  expect(isOtherIncarnation(older, older.slice())).toBe(false);
  expect(isOtherIncarnation(older, strange)).toBe(true);
});

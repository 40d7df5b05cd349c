import { expect, test } from 'vitest';
import { createDepositId, isDepositDayOver } from './deposit-id.ts';

const random = (length: number): Uint8Array<ArrayBuffer> => new Uint8Array(length).fill(0xab);

test('a deposit id is the relay’s day and twelve random bytes', () => {
  expect(createDepositId(20_780, random)).toBe('0000512c' + 'ab'.repeat(12));
});

test('it can be asked about on its own day and on the next', () => {
  const id = createDepositId(100, random);
  expect([99, 100, 101, 102].map((day) => isDepositDayOver(id, day))).toEqual([false, false, false, true]);
});

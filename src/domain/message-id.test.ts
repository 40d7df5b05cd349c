import { expect, test } from 'vitest';
import { createMessageId } from './message-id.ts';

const random = (length: number) => new Uint8Array(length).fill(0xab);

test('ids of messages that were written one after the other stand side by side', () => {
  expect(createMessageId(0x1_2345_6789, random)).toBe(`000123456789${'ab'.repeat(10)}`);
  const times = [0, 1, 255, 1_700_000_000_000, 1_700_000_000_001, 2 ** 48 - 1];
  const ids = times.map((nowMs) => createMessageId(nowMs, random));
  expect([...ids].sort()).toEqual(ids);
  expect(ids.every((id) => /^[0-9a-f]{32}$/.test(id))).toBe(true);
});

import { expect, test } from 'vitest';
import { BACKOFF, backoffMs } from './backoff.ts';

test('waiting doubles from one second to half a minute, between half and all of each step', () => {
  expect(backoffMs(1, 0)).toBe(500);
  expect(backoffMs(1, 0.999_999)).toBe(1_000);
  expect(backoffMs(3, 0.5)).toBe(3_000);
  expect(backoffMs(1_000, 0.999_999)).toBe(BACKOFF.maxMs);
});

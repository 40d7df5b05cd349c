import { expect, test } from 'vitest';
import { median, quantile } from './statistics.ts';

test('a quantile is a value that was measured, whatever the order', () => {
  const values = [30, 10, 50, 20, 40];
  expect(median(values)).toBe(30);
  expect(quantile(values, 0.95)).toBe(50);
  expect(quantile([7], 0.95)).toBe(7);
});

test('nothing measured has no median', () => {
  expect(() => median([])).toThrow('nothing was measured');
});

import { expect, test } from 'vitest';
import { median, medianOf, quantile, ratioWithinRounds } from './statistics.ts';

test('a quantile is a value that was measured, whatever the order', () => {
  const values = [30, 10, 50, 20, 40];
  expect(median(values)).toBe(30);
  expect(quantile(values, 0.95)).toBe(50);
  expect(quantile([7], 0.95)).toBe(7);
});

test('nothing measured has no median', () => {
  expect(() => median([])).toThrow('nothing was measured');
});

test('what is a tenth slower is that on a machine that is slow for some rounds only, whoever had more of them', () => {
  const paces = [1, 1, 2, 1, 2, 1, 2];
  const baseline = paces.map((pace) => [10 * pace, 10 * pace]);
  const compared = paces.map((pace) => [11 * pace, 11 * pace]);
  // The machine became slow between the two turns of one round.
  compared[1] = [22, 22];
  expect(ratioWithinRounds(compared, baseline)).toBeCloseTo(1.1);
  expect(medianOf(compared) / medianOf(baseline)).toBeCloseTo(2.2);
});

test('rounds without a counterpart are not compared', () => {
  expect(() => ratioWithinRounds([[1], [2]], [[1]])).toThrow('without a counterpart');
  expect(() => ratioWithinRounds([[1]], [[]])).toThrow('nothing was measured');
});

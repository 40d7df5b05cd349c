import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodePosition, encodePosition, type TimelinePosition } from './timeline-position.ts';

const position: fc.Arbitrary<TimelinePosition> = fc.oneof(
  fc.record({ generation: fc.nat({ max: 0xffff_ffff }), sequence: fc.nat({ max: 2 ** 48 - 1 }) }),
  fc.record({ pending: fc.nat({ max: 2 ** 48 - 1 }) }),
);

/** [pending?, generation, sequence], compared member by member. */
const rank = (at: TimelinePosition): readonly number[] =>
  'pending' in at ? [1, 0, at.pending] : [0, at.generation, at.sequence];

test('positions compare as strings as they stand in the timeline, own pending ones last', () => {
  fc.assert(
    fc.property(position, position, (left, right) => {
      const [a, b] = [rank(left), rank(right)];
      const index = a.findIndex((value, at) => value !== b[at]);
      const expected = index === -1 ? 0 : Math.sign(a[index]! - b[index]!);
      const [x, y] = [encodePosition(left), encodePosition(right)];
      expect(x < y ? -1 : x > y ? 1 : 0).toBe(expected);
    }),
  );
});

test('a position comes back from the page as it went', () => {
  fc.assert(
    fc.property(position, (at) => {
      expect(decodePosition(encodePosition(at))).toEqual(at);
    }),
  );
});

test.each(['', 'x', '0'.repeat(19), '0'.repeat(21), 'G'.repeat(20), ' ' + '0'.repeat(19)])(
  '%j from a page is no position',
  (encoded) => expect(decodePosition(encoded)).toBeUndefined(),
);

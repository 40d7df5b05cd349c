import fc from 'fast-check';
import { expect, test } from 'vitest';
import { laterOf, type Stamped } from './last-writer.ts';

// One writer never makes two writes at one hybrid time, so value follows from (time, writer).
const stamped: fc.Arbitrary<Stamped<string>> = fc
  .record({
    time: fc.record({ wallMs: fc.nat({ max: 3 }), counter: fc.nat({ max: 2 }) }),
    writer: fc.constantFrom('a', 'b', 'c'),
  })
  .map((write) => ({ ...write, value: `${write.writer}${write.time.wallMs}.${write.time.counter}` }));

test('devices that saw the same writes in any order end with the same value', () => {
  fc.assert(
    fc.property(
      fc
        .array(stamped, { minLength: 1 })
        .chain((writes) => fc.tuple(fc.constant(writes), fc.shuffledSubarray(writes, { minLength: writes.length }))),
      ([writes, shuffled]) => {
        expect(shuffled.reduce((left, right) => laterOf(left, right)).value).toBe(
          writes.reduce((left, right) => laterOf(left, right)).value,
        );
      },
    ),
  );
});

test('the later write wins, whoever made it', () => {
  const early = { value: 'early', time: { wallMs: 1, counter: 9 }, writer: 'z' };
  const late = { value: 'late', time: { wallMs: 2, counter: 0 }, writer: 'a' };
  expect(laterOf(early, late)).toBe(late);
  expect(laterOf(late, early)).toBe(late);
});

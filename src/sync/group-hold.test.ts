import { expect, test } from 'vitest';
import { MAX_ASKED_MS } from './backoff.ts';
import { heldForMs, holdOn, isWorthAWord } from './group-hold.ts';

const MINUTE_MS = 60_000;
const free = { attempt: 0, nextAttemptAtMs: 0 };
const refused = (times: number): { attempt: number; nextAttemptAtMs: number } => {
  let hold = free;
  for (let time = 0; time < times; time += 1) hold = holdOn(hold, 0, 1_000, 0.999_999);
  return hold;
};

test('a group that is refused waits twice as long each time, five minutes at most', () => {
  expect([1, 2, 3, 30].map((times) => heldForMs(refused(times), 1_000))).toEqual([1_000, 2_000, 4_000, 5 * MINUTE_MS]);
});

test('it waits for as long as the relay asks, and for an hour at most', () => {
  expect(heldForMs(holdOn(free, MINUTE_MS, 1_000, 0), 1_000)).toBe(MINUTE_MS);
  expect(heldForMs(holdOn(free, Number.MAX_SAFE_INTEGER, 1_000, 0), 1_000)).toBe(MAX_ASKED_MS);
});

test('it is tried when the time is over, and when the clock was put back by more than anybody waits', () => {
  const hold = holdOn(free, MINUTE_MS, 10 * MAX_ASKED_MS, 0);
  expect(heldForMs(hold, 10 * MAX_ASKED_MS + MINUTE_MS)).toBe(0);
  expect(heldForMs(hold, 0)).toBe(0);
  expect(heldForMs(free, 0)).toBe(0);
});

test('a short first pause is not worth a word; a long one or a second one is', () => {
  expect([refused(1), refused(2), holdOn(free, MINUTE_MS, 1_000, 0)].map((hold) => isWorthAWord(hold, 1_000))).toEqual([
    false,
    true,
    true,
  ]);
});

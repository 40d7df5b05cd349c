import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareHybrid, HYBRID_ZERO, MAX_DRIFT_MS, observeHybrid, tickHybrid, type HybridTime } from './hybrid-time.ts';

const hybrid = fc.record({ wallMs: fc.nat(), counter: fc.nat({ max: 0xffff }) });

test('every local write is later than the one before, even when the wall clock jumps back', () => {
  fc.assert(
    fc.property(fc.array(fc.nat()), (wallClock) => {
      let last: HybridTime = HYBRID_ZERO;
      for (const nowMs of wallClock) {
        const next = tickHybrid(last, nowMs);
        expect(compareHybrid(next, last)).toBeGreaterThan(0);
        last = next;
      }
    }),
  );
});

test('a write after seeing somebody else’s write is later than theirs, if their clock is sane', () => {
  fc.assert(
    fc.property(hybrid, hybrid, fc.nat(), (last, remote, nowMs) => {
      fc.pre(remote.wallMs <= nowMs + MAX_DRIFT_MS);
      const written = tickHybrid(observeHybrid(last, remote, nowMs), nowMs);
      expect(compareHybrid(written, remote)).toBeGreaterThan(0);
    }),
  );
});

test('a clock ten years ahead does not carry ours along', () => {
  const nowMs = 1_000_000;
  const seen = observeHybrid(HYBRID_ZERO, { wallMs: nowMs + 315_360_000_000, counter: 3 }, nowMs);
  expect(seen.wallMs).toBe(nowMs + MAX_DRIFT_MS);
});

test('more than 65,535 writes in one millisecond move on to the next', () => {
  expect(tickHybrid({ wallMs: 5, counter: 0xffff }, 5)).toEqual({ wallMs: 6, counter: 0 });
});

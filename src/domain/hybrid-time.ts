/**
 * A hybrid logical clock: wall time that never runs backwards and always passes what it has seen. It orders writes to
 * one value on several devices (last writer wins, last-writer.ts); timelines are ordered by the relay's sequence.
 */
export type HybridTime = { readonly wallMs: number; readonly counter: number };

export const HYBRID_ZERO: HybridTime = { wallMs: 0, counter: 0 };

const COUNTER_MAX = 0xffff;

/** A clock ten years ahead must not carry ours along: what lies further in the future counts as this far. */
export const MAX_DRIFT_MS = 5 * 60_000;

/** Negative if `left` is earlier, zero if equal. */
export const compareHybrid = (left: HybridTime, right: HybridTime): number =>
  left.wallMs - right.wallMs || left.counter - right.counter;

/** The time of a new local write: later than `last`, and no earlier than the wall clock. */
export const tickHybrid = (last: HybridTime, nowMs: number): HybridTime =>
  nowMs > last.wallMs ? { wallMs: nowMs, counter: 0 } : next(last);

/** The clock after a write by somebody else was seen: our next write is later than theirs, within the drift. */
export const observeHybrid = (last: HybridTime, remote: HybridTime, nowMs: number): HybridTime => {
  const bounded = remote.wallMs > nowMs + MAX_DRIFT_MS ? { wallMs: nowMs + MAX_DRIFT_MS, counter: 0 } : remote;
  return compareHybrid(bounded, last) > 0 ? bounded : last;
};

const next = (time: HybridTime): HybridTime =>
  time.counter < COUNTER_MAX
    ? { wallMs: time.wallMs, counter: time.counter + 1 }
    : { wallMs: time.wallMs + 1, counter: 0 };

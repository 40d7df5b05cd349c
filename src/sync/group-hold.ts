/**
 * A group that the relay takes nothing for right now: a member's mailbox is full, too much was sent, the relay has no
 * room. Its oldest sealing waits, longer after each refusal, and all behind it; no other group does.
 */
import { backoffMs, boundAskedMs, MAX_ASKED_MS, type BackoffOptions } from './backoff.ts';

/** Of the oldest sealing in a group. */
export type Hold = {
  /** How often it was refused in a row; 0 where the group is not held. */
  readonly attempt: number;
  /** By the device's clock. */
  readonly nextAttemptAtMs: number;
};

/** Five minutes at most: somebody made room, and what waits should not need a person to look. */
const HOLD_BACKOFF: BackoffOptions = { firstMs: 1_000, maxMs: 5 * 60_000 };
/** A shorter one, the first, is over before anybody has read a word about it. */
const WORTH_A_WORD_MS = 10_000;

/**
 * @param askedMs for how long the relay wants to be left alone
 * @param fraction from 0 to below 1, drawn from the injected random source
 */
export const holdOn = (before: Pick<Hold, 'attempt'>, askedMs: number, nowMs: number, fraction: number): Hold => {
  const attempt = before.attempt + 1;
  return {
    attempt,
    nextAttemptAtMs: nowMs + Math.max(boundAskedMs(askedMs), backoffMs(attempt, fraction, HOLD_BACKOFF)),
  };
};

/** How long the group still waits; 0 where it may be tried. A clock that was put back holds nothing for longer. */
export const heldForMs = ({ attempt, nextAttemptAtMs }: Hold, nowMs: number): number => {
  const leftMs = nextAttemptAtMs - nowMs;
  return attempt === 0 || leftMs > MAX_ASKED_MS ? 0 : Math.max(0, leftMs);
};

/** Whether a person is told that something waits there. */
export const isWorthAWord = (hold: Hold, nowMs: number): boolean =>
  hold.attempt > 1 || heldForMs(hold, nowMs) >= WORTH_A_WORD_MS;

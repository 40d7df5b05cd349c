/**
 * Locks an account that nobody has touched for a while, in whichever of its windows. Somebody who writes in one window
 * keeps the others open: windows tell each other, at most every 10 seconds.
 */
export type IdleLock = {
  /** Somebody typed, clicked, touched or scrolled here. */
  readonly noteTouched: () => void;
  /** The same in another window of the account. */
  readonly noteTouchedElsewhere: () => void;
  /** The window woke up: what ran out while it slept is over, whoever touches it now. */
  readonly weigh: () => void;
  readonly stop: () => void;
};

const TELL_EVERY_MS = 10_000;
const MINUTE_MS = 60_000;

export const createIdleLock = (deps: {
  readonly now: () => number;
  /** Answers how to end it. A sleeping window's timers come late: `weigh` is for that. */
  readonly setTimer: (task: () => void, delayMs: number) => () => void;
  /** 0: never. Read each time, for it may be changed meanwhile. */
  readonly minutes: () => number;
  readonly tellTouched: () => void;
  readonly lock: () => void;
}): IdleLock => {
  let touchedAt = deps.now();
  let toldAt = -Infinity;
  let isOver = false;
  let endTimer: () => void = () => undefined;

  const weigh = (): void => {
    if (isOver) return;
    endTimer();
    const limitMs = deps.minutes() * MINUTE_MS;
    const leftMs = touchedAt + limitMs - deps.now();
    if (limitMs > 0 && leftMs <= 0) {
      isOver = true;
      deps.lock();
      return;
    }
    endTimer = deps.setTimer(weigh, limitMs > 0 ? Math.min(leftMs, MINUTE_MS) : MINUTE_MS);
  };
  const touch = (): void => {
    weigh();
    touchedAt = deps.now();
  };
  weigh();

  return {
    noteTouched() {
      touch();
      if (isOver || deps.now() - toldAt < TELL_EVERY_MS) return;
      toldAt = deps.now();
      deps.tellTouched();
    },
    noteTouchedElsewhere: touch,
    weigh,
    stop() {
      isOver = true;
      endTimer();
    },
  };
};

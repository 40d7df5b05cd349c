import { beforeEach, describe, expect, it } from 'vitest';
import { createIdleLock, type IdleLock } from './idle-lock.ts';

const MINUTE = 60_000;

describe('an account that nobody touches', () => {
  let now: number;
  let minutes: number;
  let told: number;
  let locked: number;
  let timer: { readonly at: number; readonly task: () => void } | undefined;
  let idle: IdleLock;

  beforeEach(() => {
    [now, minutes, told, locked, timer] = [1_000, 5, 0, 0, undefined];
    idle = createIdleLock({
      now: () => now,
      minutes: () => minutes,
      setTimer(task, delayMs) {
        timer = { at: now + delayMs, task };
        return () => (timer = undefined);
      },
      tellTouched: () => (told += 1),
      lock: () => (locked += 1),
    });
  });

  /** Lets time go by, timers and all. */
  const wait = (ms: number): void => {
    const end = now + ms;
    while (timer !== undefined && timer.at <= end) {
      const { at, task } = timer;
      [now, timer] = [at, undefined];
      task();
    }
    now = end;
  };

  it('is locked once after its minutes', () => {
    wait(5 * MINUTE - 1);
    expect(locked).toBe(0);
    wait(1);
    wait(20 * MINUTE);
    expect(locked).toBe(1);
  });

  it('stays open while somebody is there, in this window or another', () => {
    for (let count = 0; count < 5; count += 1) {
      wait(4 * MINUTE);
      idle.noteTouched();
      wait(4 * MINUTE);
      idle.noteTouchedElsewhere();
    }
    expect(locked).toBe(0);
    wait(5 * MINUTE);
    expect(locked).toBe(1);
  });

  it('is locked by the first touch after a sleep in which no timer ran', () => {
    now += 60 * MINUTE;
    idle.noteTouched();
    expect([locked, told]).toEqual([1, 0]);
  });

  it('is locked when the window wakes', () => {
    now += 60 * MINUTE;
    idle.weigh();
    expect(locked).toBe(1);
  });

  it('is never locked where that was chosen, and follows a change of mind', () => {
    minutes = 0;
    wait(600 * MINUTE);
    expect(locked).toBe(0);
    idle.noteTouched();
    minutes = 15;
    wait(14 * MINUTE);
    expect(locked).toBe(0);
    wait(2 * MINUTE);
    expect(locked).toBe(1);
  });

  it('tells other windows, not at every move', () => {
    for (let count = 0; count < 100; count += 1) {
      idle.noteTouched();
      now += 200;
    }
    expect(told).toBe(2);
  });

  it('does nothing more once its screens are gone', () => {
    idle.stop();
    wait(60 * MINUTE);
    idle.noteTouched();
    expect([locked, told]).toEqual([0, 0]);
  });
});

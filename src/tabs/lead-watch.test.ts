import { beforeEach, describe, expect, it } from 'vitest';
import type { VaultId } from '../domain/ids.ts';
import { createLeadWatch, type LeadWatch } from './lead-watch.ts';
import type { WindowState } from './window-state.ts';

const vaultId = 'aa' as VaultId;

describe('a window that leads, and another one that somebody sees', () => {
  let state: WindowState;
  let stands: () => Promise<boolean>;
  let timers: (() => void)[];
  let taken: string[];
  let watch: LeadWatch;

  beforeEach(() => {
    state = { at: 'leading', vaultId };
    stands = async () => true;
    timers = [];
    taken = [];
    watch = createLeadWatch(
      {
        hasStandBy: () => stands(),
        setTimer: (task) => {
          timers.push(task);
          return () => (timers = timers.filter((other) => other !== task));
        },
        isVisible: () => false,
      },
      {
        state: () => state,
        tellRank: () => undefined,
        tellPresence: () => undefined,
        take: ({ type }) => taken.push(type),
      },
    );
    watch.begin();
  });

  const rest = () => new Promise((resolve) => setTimeout(resolve, 0));
  /** Whatever was set for later comes now. */
  const later = async () => {
    await rest();
    for (const task of timers.splice(0)) task();
    await rest();
  };

  it('gives the lead to it', async () => {
    watch.noteOther('b', true);
    await later();
    expect(taken).toEqual(['better-led']);
  });

  it('keeps it while nobody stands by, and gives way once somebody does', async () => {
    stands = async () => false;
    watch.noteOther('b', true);
    await later();
    watch.freeze();
    expect(taken).toEqual([]);
    stands = async () => true;
    await later();
    expect(taken).toContain('frozen');
  });

  it('keeps it where the browser cannot say who stands by, and asks again', async () => {
    stands = () => Promise.reject(new DOMException('not fully active', 'InvalidStateError'));
    watch.noteOther('b', true);
    await later();
    watch.freeze();
    await rest();
    expect(taken).toEqual([]);
    expect(timers.length).toBeGreaterThan(0);
  });
});

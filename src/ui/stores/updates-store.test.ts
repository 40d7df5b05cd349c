import { beforeEach, describe, expect, it } from 'vitest';
import type { AppUpdates } from '../../tabs/app-updates.ts';
import { createUpdatesStore, type UpdatesStore } from './updates-store.ts';

const HOUR = 3_600_000;

describe('a new release', () => {
  let say: () => void;
  let nowMs: number;
  let canSettle: boolean;
  let reloads: number;
  let answer: () => ReturnType<AppUpdates['check']>;
  let store: UpdatesStore;

  beforeEach(() => {
    nowMs = 0;
    canSettle = true;
    reloads = 0;
    answer = async () => 'current';
    store = createUpdatesStore({
      updates: {
        onReady: (listener) => {
          say = listener;
          return () => undefined;
        },
        check: () => answer(),
        apply: async (settle) => {
          if (await settle()) reloads += 1;
        },
      },
      settle: async () => canSettle,
      now: () => nowMs,
    });
  });

  it('is offered once it is here, and never taken without being asked for', () => {
    expect(store.isOffered.value).toBe(false);
    say();
    expect(store.isOffered.value).toBe(true);
    expect(reloads).toBe(0);
  });

  it('that was put away is offered again the next day, not at every look', () => {
    say();
    store.putAway();
    nowMs = HOUR;
    say();
    expect(store.isOffered.value).toBe(false);
    expect(store.isReady.value).toBe(true);
    nowMs = 24 * HOUR;
    say();
    expect(store.isOffered.value).toBe(true);
  });

  it('comes with a restart after the drafts are stored', async () => {
    say();
    expect(await store.restart()).toBe(true);
    expect(reloads).toBe(1);
  });

  it('does not come while a draft cannot be stored', async () => {
    say();
    canSettle = false;
    expect(await store.restart()).toBe(false);
    expect(reloads).toBe(0);
    expect(store.isRestarting.value).toBe(false);
    canSettle = true;
    expect(await store.restart()).toBe(true);
  });

  it('can be asked for, and a question that fails is answered', async () => {
    const asked = store.ask();
    expect(store.check.value).toBe('asking');
    await asked;
    expect(store.check.value).toBe('current');
    answer = () => Promise.reject(new Error('the service worker is gone'));
    await store.ask();
    expect(store.check.value).toBe('failed');
  });
});

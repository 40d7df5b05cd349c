import { computed, shallowRef, type ComputedRef, type ShallowRef } from 'vue';
import type { AppUpdates } from '../../tabs/app-updates.ts';

/** A restart that waits for a draft to be stored gives up after this, and says so. */
const SETTLE_MS = 5_000;
/** Somebody who put the notice away is not asked again before the next day. */
const REMIND_AFTER_MS = 86_400_000;

/** What asking for an update has come to; undefined until somebody asked. */
export type UpdateCheck = 'asking' | Awaited<ReturnType<AppUpdates['check']>>;

/** The next release of the app, from the moment that it is whole on this device until the person lets it in. */
export type UpdatesStore = {
  readonly isReady: Readonly<ShallowRef<boolean>>;
  /** Ready, and not put away. */
  readonly isOffered: ComputedRef<boolean>;
  readonly isRestarting: Readonly<ShallowRef<boolean>>;
  readonly check: Readonly<ShallowRef<UpdateCheck | undefined>>;
  readonly ask: () => Promise<void>;
  readonly putAway: () => void;
  /** Reloads this window into the new release. Answers false if a draft could not be stored: then nothing happened. */
  readonly restart: () => Promise<boolean>;
};

/** Where there is no service worker, a reload always brings what the server has. */
export const noUpdates: AppUpdates = {
  onReady: () => () => undefined,
  check: async () => 'unavailable',
  apply: async () => undefined,
};

export const createUpdatesStore = (deps: {
  readonly updates: AppUpdates;
  /** Stores what is being written; false if that failed within the limit. */
  readonly settle: (limitMs: number) => Promise<boolean>;
  readonly now: () => number;
}): UpdatesStore => {
  const { updates, settle, now } = deps;
  const isReady = shallowRef(false);
  const isRestarting = shallowRef(false);
  const check = shallowRef<UpdateCheck>();
  const putAwayAt = shallowRef<number>();

  updates.onReady(() => {
    isReady.value = true;
    if (putAwayAt.value !== undefined && now() - putAwayAt.value >= REMIND_AFTER_MS) putAwayAt.value = undefined;
  });

  return {
    isReady,
    isOffered: computed(() => isReady.value && putAwayAt.value === undefined),
    isRestarting,
    check,
    ask: async () => {
      if (check.value === 'asking') return;
      check.value = 'asking';
      check.value = await updates.check().catch(() => 'failed' as const);
    },
    putAway: () => {
      putAwayAt.value = now();
    },
    restart: async () => {
      if (isRestarting.value) return true;
      isRestarting.value = true;
      let isSettled = false;
      await updates
        .apply(async () => {
          isSettled = await settle(SETTLE_MS);
          return isSettled;
        })
        .finally(() => {
          isRestarting.value = false;
        });
      return isSettled;
    },
  };
};

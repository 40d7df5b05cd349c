import { messageSW, Workbox } from 'workbox-window';
import { memberOf } from '../rpc/core-messages.ts';
import { SHELL_MESSAGES, type CheckAnswer } from '../rpc/shell-messages.ts';
import { serviceWorkerUrl } from './script-urls.ts';

export interface AppUpdates {
  /** Calls back each time another release is found here, whole and checked; at once, if one was found before. */
  readonly onReady: (listener: () => void) => () => void;
  /** Asks the server now. `unavailable`: nothing is kept in this browser, so every reload brings what the server has. */
  readonly check: () => Promise<CheckAnswer | 'unavailable'>;
  /**
   * Brings the release that is ready, by a reload of this window. The others are told, and go on with what they have.
   * @param settle finishes what a reload would interrupt: drafts, transactions. An account is locked by the reload.
   * Answers false to stay.
   */
  readonly apply: (settle: () => Promise<boolean>) => Promise<void>;
}

const CHECK_EVERY_MS = 3_600_000;
/** A service worker that does not answer must not keep the person from the reload that was asked for. */
const ANSWER_LIMIT_MS = 5_000;
/** A whole release may have to come over a slow line. */
const CHECK_LIMIT_MS = 120_000;

/**
 * Registers the service worker and watches for releases. Nothing waits for it: the app works without a service worker,
 * only not offline. In development there is none, because it would serve yesterday's code.
 */
export const watchForUpdates = (): AppUpdates => {
  const listeners = new Set<() => void>();
  let isReady = false;
  let isRegistered = false;
  let isWorkerWaiting = false;

  const ready = (): void => {
    isReady = true;
    listeners.forEach((listener) => listener());
  };

  const check = async (): Promise<CheckAnswer | 'unavailable'> => {
    if (!isRegistered) return 'unavailable';
    const answer = ((await within(CHECK_LIMIT_MS, tellShell(SHELL_MESSAGES.check))) ?? 'failed') as CheckAnswer;
    if (answer === 'waiting') ready();
    return isReady ? 'waiting' : answer;
  };

  const workbox = import.meta.env.PROD && 'serviceWorker' in navigator ? new Workbox(serviceWorkerUrl) : undefined;
  if (workbox !== undefined) {
    workbox.addEventListener('waiting', () => {
      isWorkerWaiting = true;
      ready();
    });
    // Another window may have asked it to.
    workbox.addEventListener('controlling', () => {
      isWorkerWaiting = false;
    });
    navigator.serviceWorker.addEventListener('message', ({ data }) => {
      if (memberOf(data, 'type') === SHELL_MESSAGES.switched) ready();
    });
    void workbox.register().then(
      () => {
        isRegistered = true;
        void check();
        setInterval(() => void check(), CHECK_EVERY_MS);
      },
      // Refused by the browser's settings, by a private window, or by a server without sw.js.
      () => undefined,
    );
  }

  return {
    onReady(listener) {
      listeners.add(listener);
      if (isReady) listener();
      return () => listeners.delete(listener);
    },
    check,
    async apply(settle) {
      if (!(await settle())) return;
      await within(ANSWER_LIMIT_MS, isWorkerWaiting ? takeOver(workbox) : tellShell(SHELL_MESSAGES.switch));
      location.reload();
    },
  };
};

/** Lets the waiting service worker take over; it switches the release when it does. */
const takeOver = (workbox: Workbox | undefined): Promise<void> =>
  new Promise((resolve) => {
    workbox?.addEventListener('controlling', () => resolve());
    workbox?.messageSkipWaiting();
  });

/** What comes of `answer`, or undefined if that takes longer than `limitMs`. */
const within = <T>(limitMs: number, answer: Promise<T>): Promise<T | undefined> =>
  Promise.race([answer, new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), limitMs))]);

const tellShell = async (type: string): Promise<unknown> => {
  const { active } = await navigator.serviceWorker.ready;
  return active === null ? undefined : messageSW(active, { type });
};

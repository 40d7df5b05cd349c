import { messageSW, Workbox } from 'workbox-window';
import { memberOf } from '../rpc/core-messages.ts';
import { SHELL_MESSAGES, type CheckAnswer } from '../rpc/shell-messages.ts';
import { serviceWorkerUrl } from './script-urls.ts';

export interface AppUpdates {
  /** Calls back each time another release is found here, whole and checked; at once, if one was found before. */
  readonly onReady: (listener: () => void) => () => void;
  /**
   * Brings the release that is ready, by a reload.
   * @param settle finishes what a reload would interrupt: drafts, transactions. An account is locked by the reload.
   */
  readonly apply: (settle: () => Promise<void>) => Promise<void>;
}

const CHECK_EVERY_MS = 3_600_000;
/** A service worker that does not answer must not keep the person from the reload that was asked for. */
const ANSWER_LIMIT_MS = 5_000;

/**
 * Registers the service worker and watches for releases. Nothing waits for it: the app works without a service worker,
 * only not offline. In development there is none, because it would serve yesterday's code.
 */
export const watchForUpdates = (): AppUpdates => {
  const listeners = new Set<() => void>();
  let isReady = false;
  let isWorkerWaiting = false;

  const ready = (): void => {
    isReady = true;
    listeners.forEach((listener) => listener());
  };

  const check = async (): Promise<void> => {
    const answer = (await tellShell(SHELL_MESSAGES.check)) as CheckAnswer;
    if (answer === 'waiting') ready();
  };

  const workbox = import.meta.env.PROD && 'serviceWorker' in navigator ? new Workbox(serviceWorkerUrl) : undefined;
  if (workbox !== undefined) {
    workbox.addEventListener('waiting', () => {
      isWorkerWaiting = true;
      ready();
    });
    navigator.serviceWorker.addEventListener('message', ({ data }) => {
      if (memberOf(data, 'type') === SHELL_MESSAGES.switched) ready();
    });
    void workbox.register().then(
      () => {
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
    async apply(settle) {
      await settle();
      const isChanged = isWorkerWaiting ? takeOver(workbox) : tellShell(SHELL_MESSAGES.switch);
      await Promise.race([isChanged, new Promise((resolve) => setTimeout(resolve, ANSWER_LIMIT_MS))]);
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

const tellShell = async (type: string): Promise<unknown> => {
  const { active } = await navigator.serviceWorker.ready;
  return active === null ? undefined : messageSW(active, { type });
};

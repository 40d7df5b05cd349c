import type { AppUpdates } from '../../tabs/app-updates.ts';

/** A server that has another release, or none. A restart reloads the page, as the real one does. */
export const createFakeUpdates = (isReady: boolean): AppUpdates => ({
  onReady: (listener) => {
    if (isReady) listener();
    return () => undefined;
  },
  check: async () => (isReady ? 'waiting' : 'current'),
  apply: async (settle) => {
    if (await settle()) location.reload();
  },
});

/** What a browser says about the room that it grants this origin. None of it is asked of a person here. */
export interface StorageRoom {
  /** Whether the browser promised not to evict. Asking for that promise is the page's part. */
  isPersisted(): Promise<boolean | undefined>;
  /** All that this origin may still store; undefined where the browser does not say it truly. Never rejects. */
  freeBytes(): Promise<number | undefined>;
}

/**
 * Chromium answers what is stored and 10 GiB more (fewer whole ones on a small disk), whatever the quota is, so that nobody
 * is recognised by the size of their disk.
 */
const MADE_UP_STEP_BYTES = 2 ** 30;

export const createStorageRoom = (storage: Partial<StorageManager> | undefined): StorageRoom => ({
  async isPersisted() {
    return storage?.persisted?.();
  },
  async freeBytes() {
    try {
      const { quota, usage } = (await storage?.estimate?.()) ?? {};
      if (quota === undefined || usage === undefined) return undefined;
      const bytes = quota - usage;
      return bytes > 0 && bytes % MADE_UP_STEP_BYTES === 0 ? undefined : Math.max(0, bytes);
    } catch {
      return undefined; // a browser that grants no storage says so here as well
    }
  },
});

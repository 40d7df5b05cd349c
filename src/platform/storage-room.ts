/** What a browser says about the room that it grants this origin. None of it is asked of a person here. */
export interface StorageRoom {
  /** Whether the browser promised not to evict. Asking for that promise is the page's part. */
  isPersisted(): Promise<boolean | undefined>;
  /** All that this origin may still store; undefined where the browser does not say. Never rejects. */
  freeBytes(): Promise<number | undefined>;
}

export const createStorageRoom = (storage: Partial<StorageManager> | undefined): StorageRoom => ({
  async isPersisted() {
    return storage?.persisted?.();
  },
  async freeBytes() {
    try {
      const { quota, usage } = (await storage?.estimate?.()) ?? {};
      return quota === undefined || usage === undefined ? undefined : Math.max(0, quota - usage);
    } catch {
      return undefined; // a browser that grants no storage says so here as well
    }
  },
});

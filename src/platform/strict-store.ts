import type { UseStore } from 'idb-keyval';

/**
 * A key-value store in IndexedDB whose writes are on disk when they resolve. IndexedDB is `relaxed` by default, in
 * Chromium too, and idb-keyval's own stores cannot ask for more.
 */
export const createStrictStore = (databaseName: string, storeName: string): UseStore => {
  let opened: Promise<IDBDatabase> | undefined;

  const open = (): Promise<IDBDatabase> => {
    opened ??= openDatabase(databaseName, storeName, () => (opened = undefined));
    return opened;
  };

  return async (mode, use) => {
    const database = await open();
    return use(database.transaction(storeName, mode, { durability: 'strict' }).objectStore(storeName));
  };
};

const openDatabase = (databaseName: string, storeName: string, onLost: () => void): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open(databaseName, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(storeName);
    request.onsuccess = () => {
      // A connection may be closed under us, when site data is cleared: the next use opens another.
      request.result.onclose = onLost;
      request.result.onversionchange = () => {
        request.result.close();
        onLost();
      };
      resolve(request.result);
    };
    request.onerror = () => {
      onLost();
      reject(request.error ?? new Error('IndexedDB did not open'));
    };
  });

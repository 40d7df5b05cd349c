import { exceptionName } from './sync-file.ts';

/**
 * A database in IndexedDB whose transactions are on disk when they complete. IndexedDB is `relaxed` by default, in
 * Chromium too.
 */
export interface StrictDatabase {
  /** The connection of this worker. After it was lost (site data was cleared), the next call opens another one. */
  connect(): Promise<IDBDatabase>;
  /** A transaction on that connection, or on another one where the browser closed it without a word. */
  transact<T>(
    storeNames: string | readonly string[],
    mode: IDBTransactionMode,
    use: (transaction: IDBTransaction) => T | PromiseLike<T>,
  ): Promise<T>;
}

export const createStrictDatabase = (databaseName: string, storeNames: readonly string[]): StrictDatabase => {
  let opened: Promise<IDBDatabase> | undefined;
  const connect = (): Promise<IDBDatabase> =>
    (opened ??= openDatabase(databaseName, storeNames, () => (opened = undefined)));
  return {
    connect,
    async transact(names, mode, use) {
      const used = connect();
      const transaction = unlessClosed(await used, names, mode);
      if (transaction !== undefined) return use(transaction);
      if (opened === used) opened = undefined;
      return use(strictTransaction(await connect(), names, mode));
    },
  };
};

export const strictTransaction = (
  connection: IDBDatabase,
  storeNames: string | readonly string[],
  mode: IDBTransactionMode,
): IDBTransaction => connection.transaction([storeNames].flat(), mode, { durability: 'strict' });

/** iOS closes the connections of a page in the background, and does not always say so. */
const unlessClosed = (...input: Parameters<typeof strictTransaction>): IDBTransaction | undefined => {
  try {
    return strictTransaction(...input);
  } catch (error) {
    if (exceptionName(error) === 'InvalidStateError') return undefined;
    throw error;
  }
};

/** Rejects with why the browser gave it up: a full disk is told at the end only, by some. */
export const completed = (transaction: IDBTransaction): Promise<void> =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error('IndexedDB gave a transaction up'));
  });

export const answered = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB did not answer'));
  });

const openDatabase = (databaseName: string, storeNames: readonly string[], onLost: () => void): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open(databaseName, 1);
    request.onupgradeneeded = () => storeNames.forEach((name) => request.result.createObjectStore(name));
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

import type { UseStore } from 'idb-keyval';
import type { StrictDatabase } from './strict-database.ts';

/** A key-value store whose writes are on disk when they resolve: idb-keyval's own stores cannot ask for that. */
export const createStrictStore =
  (database: StrictDatabase, storeName: string): UseStore =>
  (mode, use) =>
    database.transact(storeName, mode, (transaction) => use(transaction.objectStore(storeName)));

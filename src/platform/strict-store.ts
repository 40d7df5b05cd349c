import type { UseStore } from 'idb-keyval';
import { strictTransaction, type StrictDatabase } from './strict-database.ts';

/** A key-value store whose writes are on disk when they resolve: idb-keyval's own stores cannot ask for that. */
export const createStrictStore =
  (database: StrictDatabase, storeName: string): UseStore =>
  async (mode, use) =>
    use(strictTransaction(await database.connect(), storeName, mode).objectStore(storeName));

import type { VaultId } from '../domain/ids.ts';
import { createIndexedDbBlockStore, keysOfVault, VAULT_STORES } from './indexeddb-block-store.ts';
import type { NamedLocks } from './named-locks.ts';
import { answered, completed, type StrictDatabase } from './strict-database.ts';
import { fileErrorOf } from './sync-file.ts';
import { isVaultId, type HeaderStore, type VaultHalves, type VaultPlace, type VaultShelf } from './vault-shelf.ts';
import { createWriteBehindLayer } from './write-behind-layer.ts';

export interface IndexedDbVaultsDeps {
  /** `sotto.vaults`, with the stores of indexeddb-block-store.ts. */
  readonly database: StrictDatabase;
  readonly locks: NamedLocks;
  readonly freeBytes: () => Promise<number | undefined>;
}

const headerName = (copy: 0 | 1): string => `header-${copy}`;

/** Vaults in IndexedDB: for browsers without access handles (docs/protocol/browser-storage.md). */
export const createIndexedDbVaults = ({ database, locks, freeBytes }: IndexedDbVaultsDeps): VaultShelf => {
  const inFiles = <T>(use: (files: IDBObjectStore) => Promise<T>): Promise<T> =>
    database.transact(VAULT_STORES.files, 'readonly', (transaction) =>
      use(transaction.objectStore(VAULT_STORES.files)),
    );
  const read = <T>(ask: (files: IDBObjectStore) => IDBRequest<T>): Promise<T> =>
    inFiles((files) => answered(ask(files)));

  const headerStoreOf = (vaultId: VaultId): HeaderStore => ({
    async read(copy) {
      const bytes = await read((files) => files.get([vaultId, headerName(copy)]) as IDBRequest<unknown>);
      return bytes instanceof Uint8Array ? bytes.slice() : undefined;
    },
    async write(copy, bytes) {
      const put = (transaction: IDBTransaction): Promise<void> => {
        const done = completed(transaction);
        transaction.objectStore(VAULT_STORES.files).put(bytes.slice(), [vaultId, headerName(copy)]);
        return done;
      };
      try {
        await database.transact(VAULT_STORES.files, 'readwrite', put);
        return true;
      } catch (error) {
        if (fileErrorOf(error).tag === 'full') return false;
        throw error;
      }
    },
  });

  const placeOf = (vaultId: VaultId): VaultPlace => ({
    kind: 'indexeddb',
    headerStore: headerStoreOf(vaultId),
    files: createWriteBehindLayer({
      store: createIndexedDbBlockStore(database, vaultId),
      hold: (name) => locks.acquire(`vault:${vaultId}:file:${name}`),
      freeBytes,
    }),
  });

  return {
    kind: 'indexeddb',

    async find() {
      const found = new Map<VaultId, VaultHalves>();
      const [keys, values] = await inFiles(readAll);
      keys.forEach((key, index) => {
        const [vaultId, name] = Array.isArray(key) ? key : [];
        if (!isVaultId(vaultId) || typeof name !== 'string') return;
        const { hasHeader, hasDatabase } = found.get(vaultId) ?? { hasHeader: false, hasDatabase: false };
        const isHeader = name === headerName(0) || name === headerName(1);
        found.set(vaultId, {
          hasHeader: hasHeader || isHeader,
          hasDatabase: hasDatabase || (!isHeader && values[index] !== 0),
        });
      });
      return found;
    },

    create: async (vaultId) => placeOf(vaultId),

    async place(vaultId) {
      const count = await read((files) => files.count(keysOfVault(vaultId)));
      return count === 0 ? undefined : placeOf(vaultId);
    },

    async remove(vaultId) {
      const stores = [VAULT_STORES.files, VAULT_STORES.blocks];
      await database.transact(stores, 'readwrite', (transaction) => {
        for (const store of stores) transaction.objectStore(store).delete(keysOfVault(vaultId));
        return completed(transaction);
      });
    },
  };
};

/** Keys and values of `files`, in the same order: sizes and headers, some hundred bytes for each vault. */
const readAll = (files: IDBObjectStore): Promise<[IDBValidKey[], unknown[]]> =>
  Promise.all([answered(files.getAllKeys()), answered(files.getAll() as IDBRequest<unknown[]>)]);

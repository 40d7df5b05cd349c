import type { OfferedStorage } from './browser-vaults.ts';
import { createIndexedDbVaults } from './indexeddb-vaults.ts';
import { VAULT_STORES } from './indexeddb-block-store.ts';
import { createMemoryVaults } from './memory-vaults.ts';
import { createNamedLocks } from './named-locks.ts';
import { openOpfsVaults } from './opfs-vaults.ts';
import type { StorageRoom } from './storage-room.ts';
import { createStrictDatabase, type StrictDatabase } from './strict-database.ts';
import { createStrictStore } from './strict-store.ts';
import { createMemoryRegistry, createVaultRegistry } from './vault-registry.ts';

const REGISTRY_STORE = 'registry';

export interface ShelfDeps {
  readonly storage: StorageManager;
  readonly locks: LockManager;
  readonly room: StorageRoom;
}

/** Tries which kinds of storage this browser grants to this window. What it has is asked, never which browser it is. */
export const findShelves = async ({ storage, locks, room }: ShelfDeps): Promise<OfferedStorage> => {
  const freeBytes = () => room.freeBytes();
  const small = createStrictDatabase('sotto', [REGISTRY_STORE]);
  const [opfs, hasIndexedDb] = await Promise.all([openOpfsVaults(storage), opens(small)]);
  if (!hasIndexedDb) return { shelves: [opfs ?? createMemoryVaults()], registry: createMemoryRegistry(), freeBytes };
  const registry = createVaultRegistry(createStrictStore(small, REGISTRY_STORE));
  // Where access handles are at hand, the database for blocks is not even made.
  const isUsed = opfs === undefined || (await registry.list()).some(({ kind }) => kind === 'indexeddb');
  const blocks = isUsed
    ? createIndexedDbVaults({
        database: createStrictDatabase('sotto.vaults', Object.values(VAULT_STORES)),
        locks: createNamedLocks(locks),
        freeBytes,
      })
    : undefined;
  return { shelves: [opfs, blocks].filter((shelf) => shelf !== undefined), registry, freeBytes };
};

const opens = async (database: StrictDatabase): Promise<boolean> => {
  try {
    await database.connect();
    return true;
  } catch {
    // Refused, as in private windows of some: there is nothing to tell apart, and nothing was stored there.
    return false;
  }
};

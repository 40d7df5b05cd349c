import type { SetTimer } from '../domain/ports.ts';
import type { OfferedStorage } from './browser-vaults.ts';
import { createIndexedDbVaults } from './indexeddb-vaults.ts';
import { VAULT_STORES } from './indexeddb-block-store.ts';
import { createMemoryVaults } from './memory-vaults.ts';
import { createNamedLocks } from './named-locks.ts';
import { openOpfsVaults } from './opfs-vaults.ts';
import { askPatiently } from './patiently.ts';
import type { StorageRoom } from './storage-room.ts';
import { createStrictDatabase } from './strict-database.ts';
import { createStrictStore } from './strict-store.ts';
import { createMemoryRegistry, createVaultRegistry } from './vault-registry.ts';

const REGISTRY_STORE = 'registry';

export interface ShelfDeps {
  readonly storage: StorageManager;
  readonly locks: LockManager;
  readonly room: StorageRoom;
  readonly setTimer: SetTimer;
}

/** Tries which kinds of storage this browser grants to this window. What it has is asked, never which browser it is. */
export const findShelves = async ({ storage, locks, room, setTimer }: ShelfDeps): Promise<OfferedStorage> => {
  const freeBytes = () => room.freeBytes();
  const small = createStrictDatabase('sotto', [REGISTRY_STORE]);
  const [files, indexedDb] = await Promise.all([
    askPatiently(() => openOpfsVaults(storage), setTimer),
    askPatiently(() => small.connect(), setTimer),
  ]);
  const opfs = files.ok ? files.value : undefined;
  const isWhole = [files, indexedDb].every((asked) => asked.ok || asked.error.tag === 'refused');
  if (!indexedDb.ok) {
    return { shelves: [opfs ?? createMemoryVaults()], registry: createMemoryRegistry(), freeBytes, isWhole };
  }
  const registry = createVaultRegistry(createStrictStore(small, REGISTRY_STORE));
  const known = await registry.list().catch(() => undefined);
  // Where access handles are at hand, the database for blocks is not even made.
  const isUsed = opfs === undefined || known?.some(({ kind }) => kind === 'indexeddb') !== false;
  const blocks = isUsed
    ? createIndexedDbVaults({
        database: createStrictDatabase('sotto.vaults', Object.values(VAULT_STORES)),
        locks: createNamedLocks(locks),
        freeBytes,
      })
    : undefined;
  return {
    shelves: [opfs, blocks].filter((shelf) => shelf !== undefined),
    registry,
    freeBytes,
    isWhole: isWhole && known !== undefined,
  };
};

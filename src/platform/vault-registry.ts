import { get, update, type UseStore } from 'idb-keyval';
import type { VaultId } from '../domain/ids.ts';

/**
 * Which vaults this browser knows, in the order of their creation: ids and nothing else (docs/protocol/
 * browser-storage.md). It lies apart from the vaults' files, because a browser that takes storage back may take one
 * without the other: a vault that is only listed was evicted, and its owner is told instead of being shown an empty app.
 */
export interface VaultRegistry {
  list(): Promise<readonly VaultId[]>;
  /** Durable once it resolves. Adding twice is harmless. */
  add(vaultId: VaultId): Promise<void>;
  remove(vaultId: VaultId): Promise<void>;
}

const KEY = 'vaults';

export const createVaultRegistry = (store: UseStore): VaultRegistry => {
  const list = async (): Promise<readonly VaultId[]> => (await get<readonly VaultId[]>(KEY, store)) ?? [];
  const change = (to: (known: readonly VaultId[]) => readonly VaultId[]): Promise<void> =>
    update<readonly VaultId[]>(KEY, (known) => to(known ?? []), store);
  return {
    list,
    add: (vaultId) => change((known) => (known.includes(vaultId) ? known : [...known, vaultId])),
    remove: (vaultId) => change((known) => known.filter((other) => other !== vaultId)),
  };
};

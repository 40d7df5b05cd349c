import { get, update, type UseStore } from 'idb-keyval';
import type { VaultId } from '../domain/ids.ts';
import type { StorageKind } from '../rpc/dto.ts';

/**
 * Which vaults this browser knows, in the order of their creation, and which kind of storage each of them is in
 * (docs/protocol/browser-storage.md). It lies apart from the vaults' files, because a browser that takes storage back
 * may take one without the other: a vault that is only listed was evicted, and its owner is told instead of being shown
 * an empty app.
 */
export interface VaultRegistry {
  list(): Promise<readonly KnownVault[]>;
  /** Durable once it resolves. Adding twice is harmless. */
  add(vaultId: VaultId, kind: StorageKind): Promise<void>;
  remove(vaultId: VaultId): Promise<void>;
}

export type KnownVault = { readonly vaultId: VaultId; readonly kind: StorageKind };

const KEY = 'vaults';
/** Of those that are not in OPFS, which was the only kind once. */
const KINDS_KEY = 'kinds';
type Kinds = Readonly<Record<VaultId, StorageKind>>;

export const createVaultRegistry = (store: UseStore): VaultRegistry => {
  const change = (to: (known: readonly VaultId[]) => readonly VaultId[]): Promise<void> =>
    update<readonly VaultId[]>(KEY, (known) => to(known ?? []), store);
  const changeKinds = (to: (kinds: Kinds) => Kinds): Promise<void> =>
    update<Kinds>(KINDS_KEY, (kinds) => to(kinds ?? {}), store);

  return {
    async list() {
      const [known = [], kinds = {}] = await Promise.all([
        get<readonly VaultId[]>(KEY, store),
        get<Kinds>(KINDS_KEY, store),
      ]);
      return known.map((vaultId) => ({ vaultId, kind: kinds[vaultId] ?? 'opfs' }));
    },
    async add(vaultId, kind) {
      if (kind !== 'opfs') await changeKinds((kinds) => ({ ...kinds, [vaultId]: kind }));
      await change((known) => (known.includes(vaultId) ? known : [...known, vaultId]));
    },
    async remove(vaultId) {
      await change((known) => known.filter((other) => other !== vaultId));
      await changeKinds(({ [vaultId]: _, ...others }) => others);
    },
  };
};

/** Where there is no IndexedDB: remembers for as long as the worker lives. */
export const createMemoryRegistry = (): VaultRegistry => {
  const known = new Map<VaultId, StorageKind>();
  return {
    list: async () => [...known].map(([vaultId, kind]) => ({ vaultId, kind })),
    add: async (vaultId, kind) => void known.set(vaultId, kind),
    remove: async (vaultId) => void known.delete(vaultId),
  };
};

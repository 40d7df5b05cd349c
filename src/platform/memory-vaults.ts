import type { VaultId } from '../domain/ids.ts';
import { createMemoryFileLayer, type MemoryFileLayer } from '../storage/file-layer-memory.ts';
import type { VaultPlace, VaultShelf } from './vault-shelf.ts';

type Kept = { readonly files: MemoryFileLayer; readonly headers: Map<0 | 1, Uint8Array<ArrayBuffer>> };

/** Vaults that end with this worker: for a browser that grants no storage at all. People are told before they begin. */
export const createMemoryVaults = (): VaultShelf => {
  const vaults = new Map<VaultId, Kept>();
  const placeOf = ({ files, headers }: Kept): VaultPlace => ({
    kind: 'memory',
    files,
    headerStore: {
      read: async (copy) => headers.get(copy)?.slice(),
      async write(copy, bytes) {
        headers.set(copy, bytes.slice());
        return true;
      },
    },
  });
  return {
    kind: 'memory',
    find: async () =>
      new Map(
        [...vaults].map(([vaultId, { files, headers }]) => [
          vaultId,
          { hasHeader: headers.size > 0, hasDatabase: [...files.images().values()].some(({ length }) => length > 0) },
        ]),
      ),
    async create(vaultId) {
      const kept: Kept = { files: createMemoryFileLayer(), headers: new Map() };
      vaults.set(vaultId, kept);
      return placeOf(kept);
    },
    async place(vaultId) {
      const kept = vaults.get(vaultId);
      return kept && placeOf(kept);
    },
    remove: async (vaultId) => void vaults.delete(vaultId),
  };
};

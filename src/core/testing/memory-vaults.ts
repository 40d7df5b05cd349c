/**
 * Vaults in memory. The bytes outlive a client that is dropped: that is what a crash leaves. (src/platform/memory-vaults.ts
 * is what people are given where a browser grants no storage; nothing of it outlives its worker.)
 */
import type { VaultId } from '../../domain/ids.ts';
import { ok } from '../../domain/result.ts';
import { createMemoryFileLayer, type FileImages, type MemoryFileLayer } from '../../storage/file-layer-memory.ts';
import type { FileLayer, StoredFile } from '../../storage/file-layer.ts';
import type { LeaderLock, StorageRoom, VaultPlace, VaultStorage } from '../deps.ts';

type Headers = [Uint8Array<ArrayBuffer> | undefined, Uint8Array<ArrayBuffer> | undefined];
type Kept = { headers: Headers; files: MemoryFileLayer };

/** A browser that says nothing about its room. */
export const silentStorageRoom: StorageRoom = {
  isPersisted: async () => undefined,
  freeBytes: async () => undefined,
};

export type VaultImages = ReadonlyMap<VaultId, FileImages>;

export interface MemoryVaults {
  readonly storage: VaultStorage;
  readonly leaderLock: LeaderLock;
  /**
   * The machine died: open files and locks are gone, every byte that was written stays.
   * @param left what stays instead, on a disk that lied
   */
  crash(left?: VaultImages): void;
  images(): VaultImages;
  /** A copy of the whole disk, as a thief or a backup program takes one. */
  copy(onChange?: (operation: 'write' | 'flush') => void): MemoryVaults;
}

/** @param onChange before each change of a file, and before each flush */
export const createMemoryVaults = (
  initial: ReadonlyMap<VaultId, Kept> = new Map(),
  onChange: (operation: 'write' | 'flush') => void = () => undefined,
): MemoryVaults => {
  const vaults = new Map<VaultId, Kept>(initial);
  let held = new Set<VaultId>();

  const placeOf = ({ files, headers }: Kept): VaultPlace => ({
    kind: 'memory',
    files: watchFiles(files, onChange),
    headerStore: {
      read: async (copy) => headers[copy]?.slice(),
      async write(copy, bytes) {
        onChange('write');
        headers[copy] = bytes.slice();
        return true;
      },
    },
  });

  return {
    storage: {
      kindOfNew: async () => 'memory',
      isListWhole: async () => true,
      list: async () =>
        [...vaults]
          .map(([vaultId, { headers, files }]) => ({
            vaultId,
            isReachable: true,
            hasHeader: headers.some((header) => header !== undefined),
            hasDatabase: files.images().size > 0,
          }))
          .filter(({ hasHeader, hasDatabase }) => hasHeader || hasDatabase),
      async create(vaultId) {
        const kept: Kept = { headers: [undefined, undefined], files: createMemoryFileLayer() };
        vaults.set(vaultId, kept);
        return placeOf(kept);
      },
      async place(vaultId) {
        const kept = vaults.get(vaultId);
        return kept && placeOf(kept);
      },
      remove: async (vaultId) => void vaults.delete(vaultId),
    },
    leaderLock: {
      async acquire(vaultId) {
        if (held.has(vaultId)) return undefined;
        const mine = held;
        mine.add(vaultId);
        return () => mine.delete(vaultId);
      },
      isHeld: async (vaultId) => held.has(vaultId),
    },
    crash(left) {
      held = new Set();
      for (const [vaultId, kept] of vaults) {
        kept.headers = [...kept.headers];
        kept.files = createMemoryFileLayer(left?.get(vaultId) ?? kept.files.images());
      }
    },
    images: () => new Map([...vaults].map(([vaultId, { files }]) => [vaultId, files.images()])),
    copy: (onCopyChange) =>
      createMemoryVaults(
        new Map(
          [...vaults].map(([vaultId, { headers, files }]) => [
            vaultId,
            { headers: [headers[0]?.slice(), headers[1]?.slice()], files: createMemoryFileLayer(files.images()) },
          ]),
        ),
        onCopyChange,
      ),
  };
};

const watchFiles = (files: FileLayer, onChange: (operation: 'write' | 'flush') => void): FileLayer => {
  const watch = (file: StoredFile): StoredFile => ({
    ...file,
    write(bytes, at) {
      onChange('write');
      return file.write(bytes, at);
    },
    truncate(size) {
      onChange('write');
      return file.truncate(size);
    },
    flush() {
      onChange('flush');
      return file.flush();
    },
  });
  return {
    ...files,
    async open(name, mode) {
      const opened = await files.open(name, mode);
      return opened.ok ? ok(watch(opened.value)) : opened;
    },
  };
};

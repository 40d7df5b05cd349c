import type { VaultId } from '../domain/ids.ts';
import type { FileLayer } from '../storage/file-layer.ts';
import { createOpfsFileLayer } from './opfs-file-layer.ts';
import { createOpfsHeaderStore, isHeaderName, type HeaderStore } from './opfs-header-store.ts';
import { exceptionName } from './sync-file.ts';
import type { VaultRegistry } from './vault-registry.ts';

/** Which halves of a vault's storage stand in this browser. */
export type VaultPresence = {
  readonly vaultId: VaultId;
  readonly hasHeader: boolean;
  readonly hasDatabase: boolean;
};

/** Where a vault's bytes rest. */
export interface VaultPlace {
  readonly headerStore: HeaderStore;
  readonly files: FileLayer;
}

export interface VaultFolders {
  readonly layer: 'opfs';
  /** In the order of creation. */
  list(): Promise<readonly VaultPresence[]>;
  /** Makes room for a new vault. It is remembered once its header stands. Undefined: the browser grants no storage. */
  create(vaultId: VaultId): Promise<VaultPlace | undefined>;
  place(vaultId: VaultId): Promise<VaultPlace | undefined>;
  /** Deletes every byte of a vault and forgets it. Harmless if it is gone already. */
  remove(vaultId: VaultId): Promise<void>;
  /** Whether the browser promised not to evict. Asking for that promise is the page's part. */
  isPersisted(): Promise<boolean | undefined>;
}

const VAULT_ID = /^[0-9a-f]{32}$/;

/**
 * The vaults of one browser profile: a folder `v/<vault id>` each in the origin private file system
 * (docs/protocol/browser-storage.md), and a registry in IndexedDB that remembers which of them there should be.
 *
 * A folder without a header that the registry does not know either is a creation that was interrupted before it was
 * confirmed to anybody: it is no vault, and not listed.
 */
export const createVaultFolders = (storage: StorageManager, registry: VaultRegistry): VaultFolders => {
  /** As `list` found them a moment ago: each handle is a question to the browser's own process. */
  const found = new Map<VaultId, FileSystemDirectoryHandle>();

  const openFolder = async (vaultId: VaultId, create: boolean): Promise<FileSystemDirectoryHandle | undefined> => {
    const vaults = await openVaultsFolder(storage, create);
    return vaults && missingAsUndefined(vaults.getDirectoryHandle(vaultId, { create }));
  };

  const placeIn = (vaultId: VaultId, folder: FileSystemDirectoryHandle): VaultPlace => {
    const headerStore = createOpfsHeaderStore(folder);
    return {
      files: createOpfsFileLayer(folder),
      headerStore: {
        read: (copy) => headerStore.read(copy),
        async write(copy, bytes) {
          const isWritten = await headerStore.write(copy, bytes);
          if (isWritten) await registry.add(vaultId);
          return isWritten;
        },
      },
    };
  };

  return {
    layer: 'opfs',

    async list() {
      found.clear();
      const [known, present] = await Promise.all([registry.list(), foldersByVaultId(storage)]);
      const unlisted = [...present.keys()].filter((vaultId) => !known.includes(vaultId)).sort();
      const all: VaultPresence[] = [];
      for (const vaultId of [...known, ...unlisted]) {
        const folder = present.get(vaultId);
        if (folder !== undefined) found.set(vaultId, folder);
        const halves = await lookInto(folder);
        if (halves.hasHeader || known.includes(vaultId)) all.push({ vaultId, ...halves });
      }
      return all;
    },

    async create(vaultId) {
      if (!offersSyncHandles(storage)) return undefined;
      const folder = await openFolder(vaultId, true);
      return folder && placeIn(vaultId, folder);
    },

    async place(vaultId) {
      const folder = found.get(vaultId) ?? (await openFolder(vaultId, false));
      return folder && placeIn(vaultId, folder);
    },

    async remove(vaultId) {
      found.delete(vaultId);
      const vaults = await openVaultsFolder(storage, false);
      if (vaults) await missingAsUndefined(vaults.removeEntry(vaultId, { recursive: true }));
      await registry.remove(vaultId);
    },

    isPersisted: () => storage.persisted(),
  };
};

/** WebKitGTK has the file system but no access handles; a page outside a secure context has neither. */
const offersSyncHandles = (storage: StorageManager | undefined): boolean =>
  storage?.getDirectory !== undefined &&
  typeof FileSystemFileHandle !== 'undefined' &&
  'createSyncAccessHandle' in FileSystemFileHandle.prototype;

/** Undefined where there is no such folder, or where the browser grants no storage (private windows of some). */
const openVaultsFolder = async (
  storage: StorageManager,
  create: boolean,
): Promise<FileSystemDirectoryHandle | undefined> => {
  if (!offersSyncHandles(storage)) return undefined;
  const root = await missingAsUndefined(storage.getDirectory());
  return root && missingAsUndefined(root.getDirectoryHandle('v', { create }));
};

const foldersByVaultId = async (storage: StorageManager): Promise<Map<VaultId, FileSystemDirectoryHandle>> => {
  const folders = new Map<VaultId, FileSystemDirectoryHandle>();
  const vaults = await openVaultsFolder(storage, false);
  if (vaults === undefined) return folders;
  for await (const entry of vaults.values())
    if (entry.kind === 'directory' && VAULT_ID.test(entry.name)) folders.set(entry.name as VaultId, entry);
  return folders;
};

/** Each size is a question to the browser's own process: they are asked together. */
const lookInto = async (
  folder: FileSystemDirectoryHandle | undefined,
): Promise<{ readonly hasHeader: boolean; readonly hasDatabase: boolean }> => {
  const asked: Promise<File>[] = [];
  for await (const entry of folder?.values() ?? []) if (entry.kind === 'file') asked.push(entry.getFile());
  const filled = (await Promise.all(asked)).filter(({ size }) => size > 0);
  return {
    hasHeader: filled.some(({ name }) => isHeaderName(name)),
    hasDatabase: filled.some(({ name }) => !isHeaderName(name)),
  };
};

const missingAsUndefined = async <T>(asked: Promise<T>): Promise<T | undefined> => {
  try {
    return await asked;
  } catch (error) {
    if (['NotFoundError', 'SecurityError'].includes(exceptionName(error))) return undefined;
    throw error;
  }
};

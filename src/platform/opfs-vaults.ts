import type { VaultId } from '../domain/ids.ts';
import { createOpfsFileLayer } from './opfs-file-layer.ts';
import { createOpfsHeaderStore, isHeaderName } from './opfs-header-store.ts';
import { SPARE_FILE } from './spare-file.ts';
import { exceptionName } from './sync-file.ts';
import { isVaultId, type VaultHalves, type VaultPlace, type VaultShelf } from './vault-shelf.ts';

/**
 * Vaults in the origin private file system: a folder `v/<vault id>` each (docs/protocol/browser-storage.md). Undefined
 * where the browser has none: outside a secure context, and in an engine that has the file system but no access handles
 * (WebKitGTK). Rejects where it does not open (patiently.ts), as in private windows of some.
 */
export const openOpfsVaults = async (storage: StorageManager): Promise<VaultShelf | undefined> => {
  if (!offersSyncHandles(storage)) return undefined;
  return createOpfsVaults(await storage.getDirectory());
};

const offersSyncHandles = (storage: StorageManager | undefined): boolean =>
  storage?.getDirectory !== undefined &&
  typeof FileSystemFileHandle !== 'undefined' &&
  'createSyncAccessHandle' in FileSystemFileHandle.prototype;

const createOpfsVaults = (root: FileSystemDirectoryHandle): VaultShelf => {
  /** As `find` saw them a moment ago: each handle is a question to the browser's own process. */
  const found = new Map<VaultId, FileSystemDirectoryHandle>();

  const openVaults = (create: boolean): Promise<FileSystemDirectoryHandle | undefined> =>
    missingAsUndefined(root.getDirectoryHandle('v', { create }));
  const openFolder = async (vaultId: VaultId, create: boolean): Promise<FileSystemDirectoryHandle | undefined> => {
    const vaults = await openVaults(create);
    return vaults && missingAsUndefined(vaults.getDirectoryHandle(vaultId, { create }));
  };
  const openPlace = async (vaultId: VaultId, create: boolean): Promise<VaultPlace | undefined> => {
    const folder = found.get(vaultId) ?? (await refusedAsUndefined(openFolder(vaultId, create)));
    return folder && placeIn(folder);
  };

  return {
    kind: 'opfs',

    async find() {
      found.clear();
      const vaults = await openVaults(false);
      for await (const entry of vaults?.values() ?? [])
        if (entry.kind === 'directory' && isVaultId(entry.name)) found.set(entry.name, entry);
      const halves = new Map<VaultId, VaultHalves>();
      for (const [vaultId, folder] of found) halves.set(vaultId, await lookInto(folder));
      return halves;
    },

    create: (vaultId) => openPlace(vaultId, true),
    place: (vaultId) => openPlace(vaultId, false),

    async remove(vaultId) {
      found.delete(vaultId);
      const vaults = await openVaults(false);
      if (vaults) await missingAsUndefined(vaults.removeEntry(vaultId, { recursive: true }));
    },
  };
};

const placeIn = (folder: FileSystemDirectoryHandle): VaultPlace => ({
  kind: 'opfs',
  files: createOpfsFileLayer(folder),
  headerStore: createOpfsHeaderStore(folder),
});

/** Each size is a question to the browser's own process: they are asked together. */
const lookInto = async (folder: FileSystemDirectoryHandle): Promise<VaultHalves> => {
  const asked: Promise<File>[] = [];
  for await (const entry of folder.values()) if (entry.kind === 'file') asked.push(entry.getFile());
  const filled = (await Promise.all(asked)).filter(({ size }) => size > 0);
  return {
    hasHeader: filled.some(({ name }) => isHeaderName(name)),
    hasDatabase: filled.some(({ name }) => !isHeaderName(name) && name !== SPARE_FILE),
  };
};

const namedAsUndefined =
  (name: string) =>
  async <T>(asked: Promise<T>): Promise<T | undefined> => {
    try {
      return await asked;
    } catch (error) {
      if (exceptionName(error) === name) return undefined;
      throw error;
    }
  };
const missingAsUndefined = namedAsUndefined('NotFoundError');
/** Not for what lists or deletes: a folder that we may not look into is neither empty nor gone. */
const refusedAsUndefined = namedAsUndefined('SecurityError');

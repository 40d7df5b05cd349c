import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bytesToHex, type VaultId } from '../../domain/ids.ts';
import { randomBytes } from '../random.ts';
import { createStrictStore } from '../strict-store.ts';
import { createVaultFolders, type VaultFolders, type VaultPlace } from '../vault-folders.ts';
import { createVaultRegistry, type VaultRegistry } from '../vault-registry.ts';

const anyVaultId = (): VaultId => bytesToHex(randomBytes(16)) as VaultId;

const vaultFolder = async (vaultId: VaultId): Promise<FileSystemDirectoryHandle> => {
  const root = await navigator.storage.getDirectory();
  return (await root.getDirectoryHandle('v')).getDirectoryHandle(vaultId);
};

const writeDatabase = async ({ files }: VaultPlace): Promise<void> => {
  const opened = await files.open('0', 'create');
  if (!opened.ok) throw new Error(opened.error.tag);
  opened.value.write(Uint8Array.of(1, 2, 3), 0);
  opened.value.flush();
  opened.value.close();
};

/** Runs in a worker: access handles exist nowhere else. */
export const describeVaultFolders = (): void => {
  describe('vault folders', () => {
    let registry: VaultRegistry;
    let folders: VaultFolders;
    let databaseName: string;
    let made: VaultId[];

    beforeEach(() => {
      databaseName = `test-${bytesToHex(randomBytes(8))}`;
      registry = createVaultRegistry(createStrictStore(databaseName, 'registry'));
      folders = createVaultFolders(navigator.storage, registry);
      made = [];
    });
    afterEach(async () => {
      for (const vaultId of made) await folders.remove(vaultId);
      indexedDB.deleteDatabase(databaseName);
    });

    const makeVault = async (): Promise<VaultId> => {
      const vaultId = anyVaultId();
      made.push(vaultId);
      const place = await folders.create(vaultId);
      if (place === undefined) throw new Error('no storage');
      await writeDatabase(place);
      expect(await place.headerStore.write(0, Uint8Array.of(7))).toBe(true);
      return vaultId;
    };
    /** Other suites and earlier runs may have left folders in this browser. */
    const listed = async () => (await folders.list()).filter(({ vaultId }) => made.includes(vaultId));

    it('lists accounts in the order in which they were made', async () => {
      const first = await makeVault();
      const second = await makeVault();
      const third = await makeVault();
      expect((await listed()).map(({ vaultId }) => vaultId)).toEqual([first, second, third]);
      expect((await listed())[0]).toEqual({ vaultId: first, hasHeader: true, hasDatabase: true });
    });

    it('tells which half is missing', async () => {
      const vaultId = await makeVault();
      const folder = await vaultFolder(vaultId);
      await folder.removeEntry('0');
      expect(await listed()).toEqual([{ vaultId, hasHeader: true, hasDatabase: false }]);
      await folder.removeEntry('header-0');
      expect(await listed()).toEqual([{ vaultId, hasHeader: false, hasDatabase: false }]);
    });

    it('remembers an account whose files the browser took', async () => {
      const vaultId = await makeVault();
      const root = await navigator.storage.getDirectory();
      await (await root.getDirectoryHandle('v')).removeEntry(vaultId, { recursive: true });
      expect(await listed()).toEqual([{ vaultId, hasHeader: false, hasDatabase: false }]);
      expect(await folders.place(vaultId)).toBeUndefined();
    });

    it('finds an account again that only the registry lost', async () => {
      const vaultId = await makeVault();
      await registry.remove(vaultId);
      expect(await listed()).toEqual([{ vaultId, hasHeader: true, hasDatabase: true }]);
    });

    it('does not list an account whose creation was interrupted before its header stood', async () => {
      const vaultId = anyVaultId();
      made.push(vaultId);
      const place = await folders.create(vaultId);
      if (place !== undefined) await writeDatabase(place);
      expect(await listed()).toEqual([]);
    });

    it('reads a header while somebody else holds the vault, and replaces a longer one by a shorter one', async () => {
      const vaultId = await makeVault();
      const place = await folders.place(vaultId);
      const held = await place?.files.open('0', 'existing');
      expect(await place?.headerStore.write(1, Uint8Array.of(1, 2, 3, 4))).toBe(true);
      expect(await place?.headerStore.write(1, Uint8Array.of(9))).toBe(true);
      expect(await place?.headerStore.read(0)).toEqual(Uint8Array.of(7));
      expect(await place?.headerStore.read(1)).toEqual(Uint8Array.of(9));
      if (held?.ok) held.value.close();
    });

    it('has no header copy that was never written', async () => {
      const vaultId = await makeVault();
      const place = await folders.place(vaultId);
      expect(await place?.headerStore.read(1)).toBeUndefined();
    });

    it('removes every byte, twice without harm', async () => {
      const vaultId = await makeVault();
      await folders.remove(vaultId);
      await folders.remove(vaultId);
      expect(await listed()).toEqual([]);
      await expect(vaultFolder(vaultId)).rejects.toThrow();
    });
  });
};

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bytesToHex, type VaultId } from '../../domain/ids.ts';
import { createBrowserVaults, type BrowserVaults, type OfferedStorage } from '../browser-vaults.ts';
import { createIndexedDbVaults } from '../indexeddb-vaults.ts';
import { VAULT_STORES } from '../indexeddb-block-store.ts';
import { createNamedLocks } from '../named-locks.ts';
import { openOpfsVaults } from '../opfs-vaults.ts';
import { randomBytes } from '../random.ts';
import { completed, createStrictDatabase, strictTransaction } from '../strict-database.ts';
import { createStrictStore } from '../strict-store.ts';
import { createVaultRegistry, type VaultRegistry } from '../vault-registry.ts';
import type { VaultPlace, VaultShelf } from '../vault-shelf.ts';

const anyVaultId = (): VaultId => bytesToHex(randomBytes(16)) as VaultId;

export interface ShelfUnderTest {
  readonly shelf: VaultShelf;
  /** Takes one part away, as a browser does that makes room, or as a hand does. */
  lose(vaultId: VaultId, part: 'database' | 'header'): Promise<void>;
  dispose(): Promise<void>;
}

const openFile = async ({ files }: VaultPlace) => {
  const opened = await files.open('0', 'create');
  if (!opened.ok) throw new Error(opened.error.tag);
  return opened.value;
};

const writeDatabase = async (place: VaultPlace): Promise<void> => {
  const file = await openFile(place);
  file.write(Uint8Array.of(1, 2, 3), 0);
  file.flush();
  await place.files.settle();
  file.close();
};

/** What a browser's vaults must do, whichever kind of storage they are in. Runs in a worker. */
export const describeBrowserVaults = (name: string, open: () => Promise<ShelfUnderTest>): void => {
  describe(`browser vaults: ${name}`, () => {
    let tested: ShelfUnderTest;
    let registry: VaultRegistry;
    let vaults: BrowserVaults;
    let databaseName: string;
    let made: VaultId[];

    const vaultsOver = (shelves: OfferedStorage['shelves']): BrowserVaults =>
      createBrowserVaults(async () => ({ shelves, registry, freeBytes: async () => undefined, isWhole: true }));

    beforeEach(async () => {
      databaseName = `test-${bytesToHex(randomBytes(8))}`;
      registry = createVaultRegistry(createStrictStore(createStrictDatabase(databaseName, ['registry']), 'registry'));
      tested = await open();
      vaults = vaultsOver([tested.shelf]);
      made = [];
    });
    afterEach(async () => {
      for (const vaultId of made) await vaults.remove(vaultId);
      await tested.dispose();
      indexedDB.deleteDatabase(databaseName);
    });

    const makeVault = async (): Promise<VaultId> => {
      const vaultId = anyVaultId();
      made.push(vaultId);
      const place = await vaults.create(vaultId);
      if (place === undefined) throw new Error('no storage');
      await writeDatabase(place);
      expect(await place.headerStore.write(0, Uint8Array.of(7))).toBe(true);
      return vaultId;
    };
    /** Other suites and earlier runs may have left vaults in this browser. */
    const listed = async (from = vaults) => (await from.list()).filter(({ vaultId }) => made.includes(vaultId));

    it('lists accounts in the order in which they were made', async () => {
      const first = await makeVault();
      const second = await makeVault();
      const third = await makeVault();
      expect((await listed()).map(({ vaultId }) => vaultId)).toEqual([first, second, third]);
      expect((await listed())[0]).toEqual({ vaultId: first, isReachable: true, hasHeader: true, hasDatabase: true });
    });

    it('tells which half is missing, and remembers an account whose files the browser took', async () => {
      const vaultId = await makeVault();
      await tested.lose(vaultId, 'database');
      expect(await listed()).toEqual([{ vaultId, isReachable: true, hasHeader: true, hasDatabase: false }]);
      await tested.lose(vaultId, 'header');
      expect(await listed()).toEqual([{ vaultId, isReachable: true, hasHeader: false, hasDatabase: false }]);
    });

    it('opens nothing in the place of an account that is gone', async () => {
      const vaultId = await makeVault();
      await tested.shelf.remove(vaultId);
      expect(await listed()).toEqual([{ vaultId, isReachable: true, hasHeader: false, hasDatabase: false }]);
      expect(await vaults.place(vaultId)).toBeUndefined();
    });

    it('says that an account is out of reach when its kind of storage is not offered, and opens no other', async () => {
      const vaultId = await makeVault();
      const elsewhere = vaultsOver([{ ...tested.shelf, kind: 'memory', find: async () => new Map() }]);
      expect(await listed(elsewhere)).toEqual([{ vaultId, isReachable: false, hasHeader: false, hasDatabase: false }]);
      expect(await vaultsOver([]).place(vaultId)).toBeUndefined();
      expect(await listed()).toEqual([{ vaultId, isReachable: true, hasHeader: true, hasDatabase: true }]);
    });

    it('finds an account again that only the registry lost', async () => {
      const vaultId = await makeVault();
      await registry.remove(vaultId);
      expect(await listed()).toEqual([{ vaultId, isReachable: true, hasHeader: true, hasDatabase: true }]);
    });

    it('does not list an account whose creation was interrupted before its header stood', async () => {
      const vaultId = anyVaultId();
      made.push(vaultId);
      const place = await vaults.create(vaultId);
      if (place !== undefined) await writeDatabase(place);
      expect(await listed()).toEqual([]);
    });

    it('reads a header while somebody else holds the vault, and replaces a longer one by a shorter one', async () => {
      const vaultId = await makeVault();
      const place = await vaults.place(vaultId);
      const held = await place?.files.open('0', 'existing');
      expect(await place?.headerStore.write(1, Uint8Array.of(1, 2, 3, 4))).toBe(true);
      expect(await place?.headerStore.write(1, Uint8Array.of(9))).toBe(true);
      expect(await place?.headerStore.read(0)).toEqual(Uint8Array.of(7));
      expect(await place?.headerStore.read(1)).toEqual(Uint8Array.of(9));
      if (held?.ok) held.value.close();
    });

    it('gives a file to one holder, whoever asks, and to the next one everything that was stored', async () => {
      const vaultId = await makeVault();
      const [here, there] = [await vaults.place(vaultId), await vaults.place(vaultId)];
      if (here === undefined || there === undefined) throw new Error('no place');
      const file = await openFile(here);
      expect(await there.files.open('0', 'existing')).toEqual({ ok: false, error: { tag: 'taken' } });
      file.write(new Uint8Array(100_000).fill(6), 0);
      file.flush();
      file.close();
      await here.files.settle();
      const next = await openFile(there);
      expect(next.size()).toEqual({ ok: true, value: 100_000 });
      next.close();
    });

    it('has no header copy that was never written', async () => {
      const vaultId = await makeVault();
      const place = await vaults.place(vaultId);
      expect(await place?.headerStore.read(1)).toBeUndefined();
    });

    it('removes every byte, twice without harm', async () => {
      const vaultId = await makeVault();
      await vaults.remove(vaultId);
      await vaults.remove(vaultId);
      expect(await listed()).toEqual([]);
      expect((await tested.shelf.find()).has(vaultId)).toBe(false);
    });
  });
};

export const opfsUnderTest = async (): Promise<ShelfUnderTest> => {
  const shelf = await openOpfsVaults(navigator.storage);
  if (shelf === undefined) throw new Error('no access handles in this browser');
  return {
    shelf,
    async lose(vaultId, part) {
      const root = await navigator.storage.getDirectory();
      const folder = await (await root.getDirectoryHandle('v')).getDirectoryHandle(vaultId);
      await folder.removeEntry(part === 'database' ? '0' : 'header-0');
    },
    dispose: async () => undefined,
  };
};

export const indexedDbUnderTest = async (): Promise<ShelfUnderTest> => {
  const name = `test-${bytesToHex(randomBytes(8))}`;
  const database = createStrictDatabase(name, Object.values(VAULT_STORES));
  const freeBytes = async () => undefined;
  return {
    shelf: createIndexedDbVaults({ database, locks: createNamedLocks(navigator.locks), freeBytes }),
    async lose(vaultId, part) {
      const transaction = strictTransaction(await database.connect(), VAULT_STORES.files, 'readwrite');
      transaction.objectStore(VAULT_STORES.files).delete([vaultId, part === 'database' ? '0' : 'header-0']);
      await completed(transaction);
    },
    async dispose() {
      (await database.connect()).close();
      indexedDB.deleteDatabase(name);
    },
  };
};

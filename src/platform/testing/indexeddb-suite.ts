import { describe, expect, it } from 'vitest';
import { bytesToHex, type VaultId } from '../../domain/ids.ts';
import { BLOCK_BYTES, type FileChange } from '../block-file.ts';
import { createIndexedDbBlockStore, VAULT_STORES } from '../indexeddb-block-store.ts';
import { createIndexedDbVaults } from '../indexeddb-vaults.ts';
import { createNamedLocks } from '../named-locks.ts';
import { randomBytes } from '../random.ts';
import { createStrictDatabase } from '../strict-database.ts';
import { createStrictStore } from '../strict-store.ts';
import { createVaultRegistry } from '../vault-registry.ts';

const VAULT = '11'.repeat(16) as VaultId;
const block = (value: number): Uint8Array<ArrayBuffer> => new Uint8Array(BLOCK_BYTES).fill(value);
const change = (size: number, blocks: readonly [number, number][], isCut = false): FileChange => ({
  size,
  isCut,
  blocks: new Map(blocks.map(([index, value]) => [index, block(value)])),
});

/** Runs in a browser, whose IndexedDB it is about. */
export const describeIndexedDb = (): void => {
  describe('blocks in IndexedDB', () => {
    const withStore = async (
      act: (database: ReturnType<typeof createStrictDatabase>, name: string) => Promise<void>,
    ): Promise<void> => {
      const name = `test-${bytesToHex(randomBytes(8))}`;
      const database = createStrictDatabase(name, Object.values(VAULT_STORES));
      await act(database, name);
      (await database.connect()).close();
      indexedDB.deleteDatabase(name);
    };

    it('keeps files of many blocks in order, apart from other vaults', () =>
      withStore(async (database) => {
        const store = createIndexedDbBlockStore(database, VAULT);
        const other = createIndexedDbBlockStore(database, '12'.repeat(16) as VaultId);
        const many = Array.from({ length: 1_100 }, (_, index): [number, number] => [index, index % 251]);
        await store.commit(new Map([['0', change(1_100 * BLOCK_BYTES, many)]]));
        await other.commit(new Map([['0', change(1, [[0, 9]])]]));
        await other.remove('0');
        const loaded = await store.load('0');
        expect(loaded?.blocks.map((bytes) => bytes[1])).toEqual(many.map(([, value]) => value));
        expect(await other.load('0')).toBeUndefined();
      }));

    it('forgets the blocks behind a cut', () =>
      withStore(async (database) => {
        const store = createIndexedDbBlockStore(database, VAULT);
        await store.commit(new Map([['0', change(3 * BLOCK_BYTES, [[0, 1], [1, 2], [2, 3]])]])); // prettier-ignore
        await store.commit(new Map([['0', change(BLOCK_BYTES, [], true)]]));
        expect(await store.load('0')).toEqual({ size: BLOCK_BYTES, blocks: [block(1)] });
      }));

    it('keeps nothing of a transaction that did not complete', () =>
      withStore(async (database) => {
        const store = createIndexedDbBlockStore(database, VAULT);
        await store.commit(new Map([['0', change(1, [[0, 1]])]]));
        const connection = await database.connect();
        const begin = connection.transaction.bind(connection);
        connection.transaction = (...parameters) => {
          const transaction = begin(...parameters);
          queueMicrotask(() => transaction.abort());
          return transaction;
        };
        await expect(store.commit(new Map([['0', change(2, [[0, 2]])]]))).rejects.toThrow();
        connection.transaction = begin;
        expect((await store.load('0'))?.blocks[0]?.[0]).toBe(1);
      }));

    it('goes on with headers and the list of vaults over a connection that was closed without a word', () =>
      withStore(async (database) => {
        const locks = createNamedLocks(navigator.locks);
        const vaults = createIndexedDbVaults({ database, locks, freeBytes: async () => undefined });
        const close = async () => (await database.connect()).close();
        const { headerStore } = (await vaults.create(VAULT))!;
        expect(await headerStore.write(0, Uint8Array.of(7))).toBe(true);
        await close();
        expect([...(await vaults.find()).keys()]).toEqual([VAULT]);
        await close();
        expect(await headerStore.read(0)).toEqual(Uint8Array.of(7));
        await close();
        expect(await headerStore.write(1, Uint8Array.of(8))).toBe(true);
        await close();
        await vaults.remove(VAULT);
        expect(await vaults.place(VAULT)).toBeUndefined();
      }));

    it('remembers which accounts there are over a connection that was closed without a word', async () => {
      const name = `test-${bytesToHex(randomBytes(8))}`;
      const database = createStrictDatabase(name, ['registry']);
      const registry = createVaultRegistry(createStrictStore(database, 'registry'));
      await registry.add(VAULT, 'indexeddb');
      (await database.connect()).close();
      expect(await registry.list()).toEqual([{ vaultId: VAULT, kind: 'indexeddb' }]);
      (await database.connect()).close();
      indexedDB.deleteDatabase(name);
    });

    it('writes nothing into a database that was made anew under an open account', () =>
      withStore(async (database, name) => {
        const store = createIndexedDbBlockStore(database, VAULT);
        await store.commit(new Map([['0', change(1, [[0, 1]])]]));
        await new Promise((resolve, reject) => {
          const deleting = indexedDB.deleteDatabase(name);
          deleting.onsuccess = resolve;
          deleting.onerror = reject;
        });
        const lost: unknown = await store
          .commit(new Map([['0', change(1, [[0, 2]])]]))
          .catch((error: unknown) => error);
        expect((lost as Error).name).toBe('InvalidStateError');
        expect(await createIndexedDbBlockStore(database, VAULT).load('0')).toBeUndefined();
      }));
  });
};

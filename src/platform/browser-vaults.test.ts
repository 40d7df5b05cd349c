import { afterEach, describe, expect, it, vi } from 'vitest';
import type { VaultId } from '../domain/ids.ts';
import { findShelves } from './browser-shelves.ts';
import { createBrowserVaults, type OfferedStorage } from './browser-vaults.ts';
import { createMemoryVaults } from './memory-vaults.ts';
import { createMemoryRegistry, type VaultRegistry } from './vault-registry.ts';
import type { VaultShelf } from './vault-shelf.ts';

const vaultId = 'ab'.repeat(16) as VaultId;
const freeBytes = async (): Promise<undefined> => undefined;
const whole = { vaultId, isReachable: true, hasHeader: true, hasDatabase: true };

const shelfOf = (kind: VaultShelf['kind'], find: VaultShelf['find']): VaultShelf => ({
  ...createMemoryVaults(),
  kind,
  find,
});

describe('storage that does not answer for a moment', () => {
  const indexeddb = shelfOf('indexeddb', async () => new Map([[vaultId, { hasHeader: true, hasDatabase: true }]]));
  const opfs = shelfOf('opfs', async () => new Map());

  it('is not taken for storage without accounts, and the next look looks again', async () => {
    const looks: OfferedStorage[] = [
      { shelves: [opfs], registry: createMemoryRegistry(), freeBytes, isWhole: false },
      { shelves: [opfs, indexeddb], registry: createMemoryRegistry(), freeBytes, isWhole: true },
    ];
    const vaults = createBrowserVaults(async () => looks.shift() ?? expect.unreachable('looked too often'));
    expect(await vaults.list()).toEqual([]);
    expect(await vaults.isListWhole()).toBe(false);
    expect(await vaults.list()).toEqual([whole]);
    expect(await vaults.isListWhole()).toBe(true);
    expect(await vaults.list()).toEqual([whole]);
  });

  it('leaves an account that is known to be there out of reach, not gone', async () => {
    let isBroken = true;
    const registry = createMemoryRegistry();
    await registry.add(vaultId, 'indexeddb');
    const breaking = shelfOf('indexeddb', async () => {
      if (isBroken) throw new DOMException('as told', 'UnknownError');
      return indexeddb.find();
    });
    const vaults = createBrowserVaults(async () => ({ shelves: [opfs, breaking], registry, freeBytes, isWhole: true }));
    expect(await vaults.list()).toEqual([{ vaultId, isReachable: false, hasHeader: false, hasDatabase: false }]);
    expect(await vaults.isListWhole()).toBe(false);
    isBroken = false;
    expect(await vaults.list()).toEqual([whole]);
  });

  it('does not hide the accounts of other kinds when the memory of which there are is what fails', async () => {
    const registry: VaultRegistry = {
      ...createMemoryRegistry(),
      list: () => Promise.reject(new DOMException('as told', 'UnknownError')),
    };
    const vaults = createBrowserVaults(async () => ({ shelves: [indexeddb], registry, freeBytes, isWhole: true }));
    expect(await vaults.list()).toEqual([whole]);
    expect(await vaults.isListWhole()).toBe(false);
  });

  it('is not looked for again under an account that was made meanwhile', async () => {
    let looks = 0;
    const look = async (): Promise<OfferedStorage> => {
      looks += 1;
      return { shelves: [createMemoryVaults()], registry: createMemoryRegistry(), freeBytes, isWhole: false };
    };
    const vaults = createBrowserVaults(look);
    const place = await vaults.create(vaultId);
    await place?.headerStore.write(0, Uint8Array.of(1));
    expect((await vaults.list()).map((vault) => vault.vaultId)).toEqual([vaultId]);
    await vaults.list();
    expect(looks).toBe(1);
  });
});

describe('a browser that is asked for IndexedDB', () => {
  afterEach(() => void vi.unstubAllGlobals());
  const atOnce = (task: () => void): (() => void) => {
    task();
    return () => undefined;
  };
  const deps = {
    storage: {} as StorageManager,
    locks: {} as LockManager,
    room: { isPersisted: async () => undefined, freeBytes },
    setTimer: atOnce,
  };
  const failWith = (name: string): void => {
    const open = (): unknown => {
      const request = { error: new DOMException('as told', name), onerror: () => undefined };
      queueMicrotask(() => request.onerror());
      return request;
    };
    vi.stubGlobal('indexedDB', { open });
  };

  it('and refuses it: accounts live in memory, and none can be elsewhere', async () => {
    failWith('SecurityError');
    const { shelves, isWhole } = await findShelves(deps);
    expect([shelves.map(({ kind }) => kind), isWhole]).toEqual([['memory'], true]);
  });

  it.each(['UnknownError', 'InvalidStateError'])(
    'and does not open it (%s): there may be accounts that are not listed',
    async (name) => {
      failWith(name);
      const vaults = createBrowserVaults(() => findShelves(deps));
      expect([await vaults.list(), await vaults.isListWhole()]).toEqual([[], false]);
    },
  );
});

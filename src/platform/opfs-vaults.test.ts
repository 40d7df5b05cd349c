import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openOpfsVaults } from './opfs-vaults.ts';

beforeEach(() => {
  vi.stubGlobal(
    'FileSystemFileHandle',
    class {
      createSyncAccessHandle(): void {}
    },
  );
});
afterEach(() => void vi.unstubAllGlobals());

const failing = (name: string) => () => Promise.reject(new DOMException('as told', name));
const storageOf = (getDirectory: () => Promise<unknown>) => ({ getDirectory }) as unknown as StorageManager;
const vaultsOver = async (getDirectoryHandle: () => Promise<unknown>) => {
  const vaults = await openOpfsVaults(storageOf(async () => ({ getDirectoryHandle })));
  return vaults ?? expect.unreachable('it has the file system');
};

it.each(['SecurityError', 'NotFoundError', 'InvalidStateError'])(
  'a file system that does not open (%s) is not one that has no access handles',
  async (name) => {
    await expect(openOpfsVaults(storageOf(failing(name)))).rejects.toThrow('as told');
  },
);

it('a folder that nobody made yet holds no vaults', async () => {
  expect(await (await vaultsOver(failing('NotFoundError'))).find()).toEqual(new Map());
});

it('a folder that is kept from us is not an empty one', async () => {
  await expect((await vaultsOver(failing('SecurityError'))).find()).rejects.toThrow('as told');
});

it('a new vault is refused as the browser refuses its folder', async () => {
  const vaults = await vaultsOver(failing('SecurityError'));
  expect(await vaults.create('ab'.repeat(16) as Parameters<typeof vaults.create>[0])).toBeUndefined();
});

import { bytesToHex, type VaultId } from '../../domain/ids.ts';
import { describeFileLayer } from '../../storage/testing/file-layer-contract.ts';
import { createIndexedDbBlockStore, VAULT_STORES } from '../indexeddb-block-store.ts';
import { createNamedLocks } from '../named-locks.ts';
import { createOpfsFileLayer } from '../opfs-file-layer.ts';
import { randomBytes } from '../random.ts';
import { createStrictDatabase } from '../strict-database.ts';
import { createWriteBehindLayer } from '../write-behind-layer.ts';
import { describeBrowserVaults, indexedDbUnderTest, opfsUnderTest } from './browser-vaults-suite.ts';
import { describeIndexedDb } from './indexeddb-suite.ts';
import { describeLeaderLock } from './leader-lock-suite.ts';
import { runSuites } from './suite-worker.ts';

const TEST_VAULT = '11'.repeat(16) as VaultId;

const freshFolder = async (): Promise<FileSystemDirectoryHandle> => {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle(`test-${bytesToHex(randomBytes(8))}`, { create: true });
};

const report = await runSuites(() => {
  describeFileLayer('OPFS', async () => {
    const folder = await freshFolder();
    return {
      layer: createOpfsFileLayer(folder),
      reopen: async () => createOpfsFileLayer(folder),
      dispose: async () => {
        const root = await navigator.storage.getDirectory();
        await root.removeEntry(folder.name, { recursive: true });
      },
    };
  });
  describeFileLayer('IndexedDB', async () => {
    const name = `test-${bytesToHex(randomBytes(8))}`;
    const database = createStrictDatabase(name, Object.values(VAULT_STORES));
    const locks = createNamedLocks(navigator.locks);
    const layer = () =>
      createWriteBehindLayer({
        store: createIndexedDbBlockStore(database, TEST_VAULT),
        hold: (file) => locks.acquire(`${name}:${file}`),
        freeBytes: async () => undefined,
      });
    return {
      layer: layer(),
      reopen: async () => layer(),
      dispose: async () => {
        (await database.connect()).close();
        indexedDB.deleteDatabase(name);
      },
    };
  });
  describeIndexedDb();
  describeBrowserVaults('OPFS', opfsUnderTest);
  describeBrowserVaults('IndexedDB', indexedDbUnderTest);
  describeLeaderLock();
});
self.postMessage(report);

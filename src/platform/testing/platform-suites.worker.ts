import { bytesToHex } from '../../domain/ids.ts';
import { describeFileLayer } from '../../storage/testing/file-layer-contract.ts';
import { createOpfsFileLayer } from '../opfs-file-layer.ts';
import { randomBytes } from '../random.ts';
import { runSuites } from './suite-worker.ts';
import { describeVaultFolders } from './vault-folders-suite.ts';
import { describeLeaderLock } from './leader-lock-suite.ts';

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
  describeVaultFolders();
  describeLeaderLock();
});
self.postMessage(report);

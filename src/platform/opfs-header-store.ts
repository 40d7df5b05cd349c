import { createSyncFile, exceptionName } from './sync-file.ts';
import type { HeaderStore } from './vault-shelf.ts';

const headerName = (copy: 0 | 1): string => `header-${copy}`;

export const isHeaderName = (name: string): boolean => name === headerName(0) || name === headerName(1);

/** @param folder the vault's own folder (opfs-vaults.ts) */
export const createOpfsHeaderStore = (folder: FileSystemDirectoryHandle): HeaderStore => ({
  async read(copy) {
    try {
      const bytes = await readWhole(await folder.getFileHandle(headerName(copy)));
      return bytes.length === 0 ? undefined : bytes;
    } catch (error) {
      if (exceptionName(error) === 'NotFoundError') return undefined;
      throw error;
    }
  },

  async write(copy, bytes) {
    const handle = await folder.getFileHandle(headerName(copy), { create: true });
    const file = createSyncFile(await handle.createSyncAccessHandle());
    try {
      for (const step of [file.write(bytes, 0), file.truncate(bytes.length), file.flush()]) {
        if (step.ok) continue;
        if (step.error.tag === 'full') return false;
        throw new Error(`header copy ${copy} was not written: ${step.error.tag}`);
      }
      return true;
    } finally {
      file.close();
    }
  },
});

/**
 * Reads without an access handle, so that the list of accounts can be shown while another window has the vault open.
 * A file that changes while it is read is refused by the browser (`NotReadableError`); the second look sees it whole.
 */
const readWhole = async (handle: FileSystemFileHandle): Promise<Uint8Array<ArrayBuffer>> => {
  const look = async (): Promise<Uint8Array<ArrayBuffer>> =>
    new Uint8Array(await (await handle.getFile()).arrayBuffer());
  try {
    return await look();
  } catch (error) {
    if (exceptionName(error) !== 'NotReadableError') throw error;
    return look();
  }
};

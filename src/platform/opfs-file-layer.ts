import { err, ok } from '../domain/result.ts';
import { done, type FileLayer } from '../storage/file-layer.ts';
import { createSyncFile, fileErrorOf } from './sync-file.ts';

/**
 * The files of one vault in the origin private file system, through sync access handles: the only storage in a browser
 * that is synchronous and can be flushed to disk. A handle is exclusive in the whole browser; a file that another
 * window holds answers `taken`, and nothing is ever opened in its place.
 *
 * @param directory the vault's own folder (opfs-vaults.ts)
 */
export const createOpfsFileLayer = (directory: FileSystemDirectoryHandle): FileLayer => ({
  async open(name, mode) {
    try {
      const file = await directory.getFileHandle(name, { create: mode === 'create' });
      return ok(createSyncFile(await file.createSyncAccessHandle()));
    } catch (error) {
      return err(fileErrorOf(error));
    }
  },

  async remove(name) {
    try {
      await directory.removeEntry(name);
      return done;
    } catch (error) {
      const failure = fileErrorOf(error);
      return failure.tag === 'gone' ? done : err(failure);
    }
  },

  /** `flush` on an access handle is durable by itself. */
  settle: () => Promise.resolve(done),
});

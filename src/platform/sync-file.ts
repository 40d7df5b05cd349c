import { err, ok } from '../domain/result.ts';
import { done, type FileLayerError, type FileResult, type StoredFile } from '../storage/file-layer.ts';

/** The part of `FileSystemSyncAccessHandle` that is used, so that a test can speak each browser's dialect. */
export interface SyncHandle {
  read(into: Uint8Array, options: { readonly at: number }): number;
  write(bytes: Uint8Array, options: { readonly at: number }): number;
  truncate(size: number): void;
  flush(): void;
  getSize(): number;
  close(): void;
}

/**
 * Chromium does not throw when the quota is used up: `write` answers its internal error code, -8 (no space), read as
 * an unsigned number. Firefox answers a short count. WebKit throws.
 */
const CHROMIUM_NO_SPACE = 2 ** 32 - 8;

const gone: FileResult<never> = err({ tag: 'gone' });

/** A stored file on an open access handle. Everything a browser may answer or throw becomes a `FileLayerError` here. */
export const createSyncFile = (handle: SyncHandle): StoredFile => {
  let isOpen = true;

  const attempt = <T>(act: () => FileResult<T>): FileResult<T> => {
    if (!isOpen) return gone;
    try {
      return act();
    } catch (error) {
      return err(fileErrorOf(error));
    }
  };

  return {
    read: (into, at) =>
      attempt(() => {
        const count = handle.read(into, { at });
        return count <= into.length ? ok(count) : err({ tag: 'io' });
      }),
    write: (bytes, at) =>
      attempt(() => {
        const count = handle.write(bytes, { at });
        if (count === bytes.length) return done;
        return err({ tag: count < bytes.length || count === CHROMIUM_NO_SPACE ? 'full' : 'io' });
      }),
    truncate: (size) =>
      attempt(() => {
        handle.truncate(size);
        // Chromium extends no file beyond the quota, and does not say so.
        const reached = handle.getSize();
        if (reached === size) return done;
        return err({ tag: reached < size ? 'full' : 'io' });
      }),
    flush: () =>
      attempt(() => {
        handle.flush();
        return done;
      }),
    size: () => attempt(() => ok(handle.getSize())),
    close() {
      if (isOpen) handle.close();
      isOpen = false;
    },
  };
};

/** What a browser threw, by the name of its exception: messages differ between browsers and versions, names do not. */
export const fileErrorOf = (error: unknown): FileLayerError => {
  switch (exceptionName(error)) {
    case 'QuotaExceededError':
    case 'NS_ERROR_FILE_NO_DEVICE_SPACE': // Firefox's own kind of exception, where a file is extended
      return { tag: 'full' };
    case 'NoModificationAllowedError':
      return { tag: 'taken' };
    case 'NotFoundError':
    case 'InvalidStateError':
      return { tag: 'gone' };
    default:
      return { tag: 'io' };
  }
};

/** The name of what was thrown; empty for what has none. Firefox throws things that are no `Error`. */
export const exceptionName = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'name' in error && typeof error.name === 'string' ? error.name : '';

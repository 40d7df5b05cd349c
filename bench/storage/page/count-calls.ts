import type { FileCalls } from './worker-api.ts';

/** Counts what `work` asks of every file handle in this worker. */
export const countFileCalls = async (work: () => Promise<unknown>): Promise<FileCalls> => {
  const handle = FileSystemSyncAccessHandle.prototype;
  // Borrowed, and called with the handle that the engine called it on.
  // eslint-disable-next-line @typescript-eslint/unbound-method
  const { write, flush } = handle;
  let [writes, flushes, bytes] = [0, 0, 0];
  handle.write = function (...call) {
    const written = write.apply(this, call);
    writes += 1;
    bytes += written;
    return written;
  };
  handle.flush = function () {
    flushes += 1;
    flush.call(this);
  };
  try {
    await work();
  } finally {
    Object.assign(handle, { write, flush });
  }
  return { writes, flushes, kilobytes: bytes / 1_000 };
};

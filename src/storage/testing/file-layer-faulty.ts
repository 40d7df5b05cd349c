/**
 * A memory file layer that writes down every change, and can fail on command: the ground that crash sweeps and
 * I/O-error sweeps stand on.
 */
import { err, ok } from '../../domain/result.ts';
import { createMemoryFileLayer, type FileImages, type MemoryFileLayer } from '../file-layer-memory.ts';
import { done, type FileLayer, type FileLayerError, type FileResult, type StoredFile } from '../file-layer.ts';

/** One change that a crash may keep, drop or tear, or a flush that makes the changes before it safe. */
export type FileOperation =
  | { readonly kind: 'write'; readonly name: string; readonly at: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'truncate'; readonly name: string; readonly size: number }
  | { readonly kind: 'flush'; readonly name: string };

/** As on a disk that lies about flushing: nothing is safe that a crash could take. */
export const withoutFlushes = (operations: readonly FileOperation[]): readonly FileOperation[] =>
  operations.filter(({ kind }) => kind !== 'flush');

export interface FaultyFileLayer extends FileLayer {
  readonly operations: readonly FileOperation[];
  images(): Map<string, Uint8Array<ArrayBuffer>>;
  /** From here on, every call answers this, as after a cleared site. */
  failAll(error: FileLayerError): void;
  /**
   * The change or flush number `at` from now (0 is the next one) answers `error`; a failing write keeps its first half.
   * @param lasting whether all after it fail too
   */
  failAt(at: number, error: FileLayerError, lasting: boolean): void;
  heal(): void;
}

export const createFaultyFileLayer = (initial: FileImages = new Map()): FaultyFileLayer => {
  const memory: MemoryFileLayer = createMemoryFileLayer(initial);
  const operations: FileOperation[] = [];
  let failing: FileLayerError | undefined;
  let countdown: { left: number; readonly error: FileLayerError; readonly lasting: boolean } | undefined;

  /** The error that the present change answers, if any. */
  const fault = (): FileLayerError | undefined => {
    if (failing !== undefined) return failing;
    if (countdown === undefined) return undefined;
    countdown.left -= 1;
    if (countdown.left >= 0) return undefined;
    const { error, lasting } = countdown;
    if (!lasting) countdown = undefined;
    return error;
  };

  const watch = (name: string, file: StoredFile): StoredFile => ({
    read: (into, at) => (failing === undefined ? file.read(into, at) : err(failing)),
    write(bytes, at) {
      const error = fault();
      const kept = error === undefined ? bytes : bytes.subarray(0, bytes.length >> 1);
      const written = failing === undefined ? file.write(kept, at) : undefined;
      if (written?.ok) operations.push({ kind: 'write', name, at, bytes: kept.slice() });
      return error === undefined ? (written ?? done) : err(error);
    },
    truncate(size) {
      const error = fault();
      if (error !== undefined) return err(error);
      operations.push({ kind: 'truncate', name, size });
      return file.truncate(size);
    },
    flush() {
      const error = fault();
      if (error !== undefined) return err(error);
      operations.push({ kind: 'flush', name });
      return file.flush();
    },
    size: () => (failing === undefined ? file.size() : err(failing)),
    close: () => file.close(),
  });

  return {
    operations,
    images: memory.images,
    settle: memory.settle,
    remove: memory.remove,
    async open(name, mode): Promise<FileResult<StoredFile>> {
      if (failing !== undefined) return err(failing);
      const opened = await memory.open(name, mode);
      return opened.ok ? ok(watch(name, opened.value)) : opened;
    },
    failAll(error) {
      failing = error;
    },
    heal() {
      failing = undefined;
      countdown = undefined;
    },
    failAt(at, error, lasting) {
      countdown = { left: at, error, lasting };
    },
  };
};

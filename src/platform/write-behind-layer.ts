import { LIMITS } from '../domain/limits.ts';
import { err, ok } from '../domain/result.ts';
import { done, type FileLayer, type FileLayerError, type FileResult, type StoredFile } from '../storage/file-layer.ts';
import { BLOCK_BYTES, BlockFile, blocksOf, mergeChanges, type FileChange } from './block-file.ts';
import type { BlockStore, StoredBlocks } from './block-store.ts';
import { fileErrorOf } from './sync-file.ts';

export interface WriteBehindDeps {
  readonly store: BlockStore;
  /** Makes a name ours in the whole browser and answers how to give it back; undefined while somebody else has it. */
  readonly hold: (name: string) => Promise<(() => void) | undefined>;
  /** Bytes that the browser would still take; undefined where it does not say. Never rejects. */
  readonly freeBytes: () => Promise<number | undefined>;
}

export interface WriteBehindOptions {
  /** All files together, which is also what they take of memory. */
  readonly bytesMax: number;
}

/** A file does not grow into these: they are left for changes to what is there already, deleting among them. */
const SPARE_BYTES = 2 * 2 ** 20;

const gone: FileResult<never> = err({ tag: 'gone' });

/**
 * The files of one vault in memory, written behind: for browsers whose storage cannot be spoken to synchronously.
 * What a flush made safe goes to the store as one transaction, in the order of the flushes over all files; flushes that
 * follow one another before the store was free go together. So a crash leaves what stood after some flush, for all
 * files alike, which is always one of the states that the database is made to survive (docs/protocol/file-layer.md).
 *
 * A transaction that fails ends all writing: what came after it was built on it. From then on writing, flushing and
 * settling answer why; reading goes on. Closing the files and opening them again begins anew from what was kept.
 */
export const createWriteBehindLayer = (
  { store, hold, freeBytes }: WriteBehindDeps,
  { bytesMax }: WriteBehindOptions = { bytesMax: LIMITS.writtenBehindBytes },
): FileLayer => {
  const files = new Map<string, BlockFile>();
  /** Flushed, and not handed to the store yet. */
  let pending = new Map<string, FileChange>();
  let writing: Promise<void> | undefined;
  const closings = new Set<Promise<void>>();
  let failure: FileLayerError | undefined;
  /** What files may still grow by; undefined where the browser does not say. */
  let allowance: number | undefined;

  const readAllowance = async (): Promise<void> => {
    allowance = await freeBytes();
  };

  const writePending = async (): Promise<void> => {
    // Everything that is flushed before the caller's own work is done goes together.
    await Promise.resolve();
    while (pending.size > 0 && failure === undefined) {
      const changes = pending;
      pending = new Map();
      try {
        await store.commit(changes);
      } catch (error) {
        failure = fileErrorOf(error);
      }
      void readAllowance();
    }
    writing = undefined;
  };

  /** Whether a file may become that long. */
  const grow = (file: BlockFile, size: number): FileResult => {
    const growth = (blocksOf(size) - blocksOf(file.size)) * BLOCK_BYTES;
    if (growth <= 0) return done;
    let total = growth;
    for (const { size: other } of files.values()) total += blocksOf(other) * BLOCK_BYTES;
    if (total > bytesMax) return err({ tag: 'full' });
    if (allowance === undefined) return done;
    if (growth > allowance - SPARE_BYTES) {
      // There may be room again by the next time.
      void readAllowance();
      return err({ tag: 'full' });
    }
    allowance -= growth;
    return done;
  };

  const close = (name: string, release: () => void): void => {
    files.delete(name);
    const end = (): void => {
      if (files.size === 0) {
        failure = undefined;
        pending.clear();
      }
      release();
    };
    if (writing === undefined) {
      end();
      return;
    }
    // Somebody who opens it next must find everything.
    const closing = writing.then(end).finally(() => closings.delete(closing));
    closings.add(closing);
  };

  const holdFile = (name: string, file: BlockFile, release: () => void): StoredFile => {
    let isOpen = true;
    const change = (size: number, act: () => void): FileResult => {
      if (!isOpen) return gone;
      if (failure !== undefined) return err(failure);
      const grown = grow(file, size);
      if (grown.ok) act();
      return grown;
    };
    return {
      read: (into, at) => (isOpen ? ok(file.read(into, at)) : gone),
      write: (bytes, at) => change(at + bytes.length, () => file.write(bytes, at)),
      truncate: (size) => change(size, () => file.truncate(size)),
      flush() {
        if (!isOpen) return gone;
        if (failure !== undefined) return err(failure);
        const taken = file.takeChange();
        if (taken === undefined) return done;
        pending.set(name, mergeChanges(pending.get(name), taken));
        writing ??= writePending();
        return done;
      },
      size: () => (isOpen ? ok(file.size) : gone),
      close() {
        if (isOpen) close(name, release);
        isOpen = false;
      },
    };
  };

  const load = async (name: string, mode: 'existing' | 'create'): Promise<FileResult<BlockFile>> => {
    const stored = await store.load(name);
    if (stored === undefined && mode === 'existing') return gone;
    if (stored === undefined) await store.commit(new Map([[name, EMPTY]]));
    else if (!isWhole(stored)) return err({ tag: 'io' });
    if (allowance === undefined) await readAllowance();
    return ok(new BlockFile(stored?.size ?? 0, stored?.blocks ?? []));
  };

  /** Does `act` while the name is ours. Answers how to give it back where `act` wants to keep it. */
  const withName = async <T>(
    name: string,
    act: (release: () => void) => Promise<{ readonly result: FileResult<T>; readonly isKept: boolean }>,
  ): Promise<FileResult<T>> => {
    await Promise.all(closings);
    const release = await hold(name);
    if (release === undefined) return err({ tag: 'taken' });
    let isKept = false;
    try {
      const acted = await act(release);
      ({ isKept } = acted);
      return acted.result;
    } catch (error) {
      return err(fileErrorOf(error));
    } finally {
      if (!isKept) release();
    }
  };

  return {
    open: (name, mode) =>
      withName(name, async (release) => {
        const loaded = await load(name, mode);
        if (!loaded.ok) return { result: loaded, isKept: false };
        files.set(name, loaded.value);
        return { result: ok(holdFile(name, loaded.value, release)), isKept: true };
      }),

    remove: (name) =>
      withName(name, async () => {
        await store.remove(name);
        return { result: done, isKept: false };
      }),

    async settle() {
      while (writing !== undefined) await writing;
      await Promise.all(closings);
      return failure === undefined ? done : err(failure);
    },
  };
};

const EMPTY: FileChange = { size: 0, blocks: new Map(), isCut: false };

const isWhole = ({ size, blocks }: StoredBlocks): boolean =>
  blocks.length === blocksOf(size) && blocks.every(({ length }) => length === BLOCK_BYTES);

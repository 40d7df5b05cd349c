import type { PageKey, WalKey } from '../../crypto/keys.ts';
import type { PageCipher } from '../../crypto/page-cipher.ts';
import { bytesToHex, type DatabaseId, type VaultId } from '../../domain/ids.ts';
import type { RandomBytes } from '../../domain/ports.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { DatabaseFailure } from '../database.ts';
import type { FileLayer, StoredFile } from '../file-layer.ts';
import type { CreateFailure, OpenFailure } from '../open-failure.ts';
import { createAssociatedData } from './associated-data.ts';
import { countFile, type CountedFile, type FileCounters } from './counted-file.ts';
import { FILE_FORMAT, FILE_KIND, FILE_MIN_READER, FILE_NAMES, PAGE_BYTES } from './layout.ts';
import { createLogFile, type LogFile } from './log-file.ts';
import { createPageFile } from './page-file.ts';
import type { Superblock } from './superblock-codec.ts';
import { createSuperblockStore, isUnfinished, readSuperblock, type SuperblockStore } from './superblock-store.ts';
import type { VolumeFile } from './volume-file.ts';
import { VolumeFault } from './volume-fault.ts';

export interface VolumeDeps {
  readonly layer: FileLayer;
  readonly createCipher: (key: PageKey | WalKey) => PageCipher;
  readonly random: RandomBytes;
}

export interface VolumeOptions {
  readonly vaultId: VaultId;
  readonly pageKey: PageKey;
  readonly keyEpoch: number;
}

/** The stored files of one database, open and understood: what the VFS shows to SQLite. */
export interface Volume {
  readonly databaseId: DatabaseId;
  readonly main: VolumeFile;
  readonly log: LogFile;
  readonly counters: Readonly<FileCounters>;
  /** The last failure below SQLite, which knows result codes only; forgotten once taken. */
  failure: DatabaseFailure | undefined;
  /** A mistake of ours inside a call from SQLite, to be thrown by whoever asked for the statement. */
  bug: Error | undefined;
  /** From now on the files are a database that may be opened, and never made anew. */
  markReady(): void;
  /** Cuts an erased log to nothing. */
  deleteLog(): void;
  close(): void;
}

interface OpenFiles {
  readonly main: CountedFile;
  readonly log: CountedFile;
  readonly counters: FileCounters;
  close(): void;
}

/** Opens what stands there; changes nothing. */
export const openVolume = async (deps: VolumeDeps, options: VolumeOptions): Promise<Result<Volume, OpenFailure>> => {
  const main = await deps.layer.open(FILE_NAMES.main, 'existing');
  if (!main.ok) return main.error.tag === 'gone' ? err({ tag: 'missing' }) : main;
  const log = await deps.layer.open(FILE_NAMES.log, 'existing');
  const files = holdFiles(main.value, log.ok ? log.value : undefined);
  const opened = attempt<OpenFailure>(files, () => {
    if (log.ok ? hasNothingStored(files) : isUnfinished(files.main)) return err({ tag: 'unfinished' });
    // The log always exists beside the pages: without it, half of the database was lost.
    if (!log.ok) return log.error.tag === 'gone' ? err({ tag: 'damaged', part: 'log' }) : log;
    const cipher = deps.createCipher(options.pageKey);
    const superblock = readSuperblock(files.main, cipher, options);
    if (!superblock.ok) {
      cipher.destroy();
      return superblock;
    }
    const volume = createVolumeOver(deps, files, cipher, superblock.value);
    // Page 1 was there when the superblock first said "ready". SQLite would take an empty file for a new database.
    if (volume.main.size() < PAGE_BYTES) return err({ tag: 'damaged', part: 'pages' });
    return ok(volume);
  });
  if (!opened.ok) files.close();
  return opened;
};

/** Begins a new, empty one. Refuses where a database stands. */
export const createVolume = async (
  deps: VolumeDeps,
  options: VolumeOptions,
): Promise<Result<Volume, CreateFailure>> => {
  const main = await deps.layer.open(FILE_NAMES.main, 'create');
  if (!main.ok) return main;
  const log = await deps.layer.open(FILE_NAMES.log, 'create');
  if (!log.ok) {
    main.value.close();
    return log;
  }
  const files = holdFiles(main.value, log.value);
  const created = attempt<CreateFailure>(files, () => {
    if (!hasNothingStored(files)) return err({ tag: 'exists' });
    files.main.truncate(0);
    const cipher = deps.createCipher(options.pageKey);
    const volume = createVolumeOver(deps, files, cipher, {
      format: FILE_FORMAT,
      minReader: FILE_MIN_READER,
      suiteId: cipher.suiteId,
      isReady: false,
      keyEpoch: options.keyEpoch,
      databaseId: bytesToHex(deps.random(16)) as DatabaseId,
      vaultId: options.vaultId,
      sequence: 0,
      log: { tag: 'none', generation: 0 },
    });
    return ok(volume);
  });
  if (!created.ok) files.close();
  return created;
};

/** Creation touches the log only after it has marked the superblock ready: bytes in the log are somebody's history. */
const hasNothingStored = (files: OpenFiles): boolean => files.log.size() === 0 && isUnfinished(files.main);

/** Converts faults while opening into values. */
const attempt = <E>(files: OpenFiles, work: () => Result<Volume, E>): Result<Volume, E | DatabaseFailure> => {
  try {
    return work();
  } catch (thrown) {
    files.close();
    if (thrown instanceof VolumeFault) return err(thrown.failure);
    throw thrown;
  }
};

const holdFiles = (main: StoredFile, log: StoredFile | undefined): OpenFiles => {
  const counters: FileCounters = { reads: 0, writes: 0, flushes: 0, bytesWritten: 0 };
  return {
    main: countFile(main, counters),
    log: countFile(log ?? main, counters),
    counters,
    close() {
      main.close();
      log?.close();
    },
  };
};

const createVolumeOver = (deps: VolumeDeps, files: OpenFiles, cipher: PageCipher, superblock: Superblock): Volume => {
  const { databaseId, keyEpoch } = superblock;
  const superblocks: SuperblockStore = createSuperblockStore({ file: files.main, cipher }, superblock);
  if (superblock.sequence === 0) superblocks.advance({});
  const main = createPageFile({
    file: files.main,
    cipher,
    associatedDataFor: createAssociatedData(databaseId, keyEpoch, FILE_KIND.page),
  });
  const log = createLogFile({
    file: files.log,
    superblocks,
    createCipher: deps.createCipher,
    random: deps.random,
    headerDataFor: createAssociatedData(databaseId, keyEpoch, FILE_KIND.logHeader),
    frameDataFor: createAssociatedData(databaseId, keyEpoch, FILE_KIND.logFrame),
  });
  return {
    databaseId,
    main,
    log,
    counters: files.counters,
    failure: undefined,
    bug: undefined,
    markReady() {
      superblocks.advance({ isReady: true });
      superblocks.advance({ isReady: true });
    },
    deleteLog() {
      if (superblocks.current.log.tag !== 'none') log.erase();
      files.log.truncate(0);
      files.log.flush();
    },
    close() {
      log.destroy();
      cipher.destroy();
      files.close();
    },
  };
};

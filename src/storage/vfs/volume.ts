import type { PageKey, WalKey } from '../../crypto/keys.ts';
import type { PageCipher } from '../../crypto/page-cipher.ts';
import { PAGE_SUITES, type PageSuiteId } from '../../crypto/suites.ts';
import { bytesToHex, type DatabaseId, type VaultId } from '../../domain/ids.ts';
import type { RandomBytes } from '../../domain/ports.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { DatabaseFailure } from '../database.ts';
import type { FileLayer, FileLayerError } from '../file-layer.ts';
import type { CreateFailure, OpenFailure } from '../open-failure.ts';
import type { CountedFile, FileCounters } from './counted-file.ts';
import { adoptFreshnessTable, openFreshnessTable } from './freshness-table.ts';
import { FILE_FORMAT, FILE_MIN_READER, FILE_NAMES, PAGE_BYTES } from './layout.ts';
import { createLogFile, type LogFile } from './log-file.ts';
import { createPageFile } from './page-file.ts';
import {
  createEpochSeal,
  createPageKeyring,
  type CreatePageCipher,
  type PageKeyring,
  type PageKeys,
} from './page-keyring.ts';
import { createPageRotation, type PageRotation } from './page-rotation.ts';
import { NO_FRESHNESS, type FreshnessState, type Superblock } from './superblock-codec.ts';
import { createSuperblockStore, isUnfinished, readSuperblock, type SuperblockStore } from './superblock-store.ts';
import type { VolumeFile } from './volume-file.ts';
import { createVolumeFiles, openFreshnessFiles, type FreshnessFiles, type VolumeFiles } from './volume-files.ts';
import { VolumeFault } from './volume-fault.ts';

export interface VolumeDeps {
  readonly layer: FileLayer;
  readonly createCipher: CreatePageCipher;
  readonly random: RandomBytes;
}

export interface VolumeOptions extends PageKeys {
  readonly vaultId: VaultId;
  /** How the pages of a new database are sealed, and from the next rotation of keys on. An old one says so itself. */
  readonly suiteId?: PageSuiteId;
  /** For tests that show what the freshness tables are for: `ignored` believes a page that was put back. */
  readonly freshness?: 'checked' | 'ignored';
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
  /**
   * The vault has a newer page key: the next rotation moves the pages to it. It is kept, not copied, until then.
   * @throws if a rotation is under way, or the key is not of the next epoch: the pages would need three keys
   */
  usePageKey(next: Pick<PageKeys, 'keyEpoch' | 'pageKey'>): void;
  /** True if the vault names a newer page key than the pages have, or if they are being moved to it. */
  readonly needsRotation: boolean;
  readonly rotation: PageRotation;
  /** Makes ready for `beginRotation` and the steps of the rotation. */
  openJournal(): Promise<Result<void, FileLayerError>>;
  /** From now on everything is sealed under the newest key. No log may be in use. @throws VolumeFault */
  beginRotation(): void;
  /** After the last step. */
  removeJournal(): Promise<void>;
  close(): void;
}

/** Opens what stands there; changes nothing but an empty file for the next freshness table. */
export const openVolume = async (deps: VolumeDeps, options: VolumeOptions): Promise<Result<Volume, OpenFailure>> => {
  const files = createVolumeFiles(deps.layer);
  const opened = await closeUnless<OpenFailure>(files, async () => {
    const main = await files.open(FILE_NAMES.main, 'existing');
    if (!main.ok) return main.error.tag === 'gone' ? err({ tag: 'missing' }) : main;
    const log = await files.open(FILE_NAMES.log, 'existing');
    if (log.ok ? hasNothingStored(main.value, log.value) : isUnfinished(main.value)) return err({ tag: 'unfinished' });
    // The log always exists beside the pages: without it, half of the database was lost.
    if (!log.ok) return log.error.tag === 'gone' ? err({ tag: 'damaged', part: 'log' }) : log;
    const read = readSuperblock(main.value, deps.createCipher, options);
    if (!read.ok) return read;
    return openParts(deps, { main: main.value, log: log.value }, { ...read.value, files, options });
  });
  return opened;
};

/** What seals is forgotten where this fails. */
const openParts = async (
  deps: VolumeDeps,
  parts: Omit<VolumeParts, 'freshness'>,
  state: VolumeState,
): Promise<Result<Volume, OpenFailure>> => {
  const { superblock, keyring, files } = state;
  let volume: Volume | undefined;
  let isWhole = false;
  try {
    const freshness = await openFreshnessFiles(files, superblock.freshness.sequence);
    if (!freshness.ok) return freshness.error.tag === 'gone' ? err({ tag: 'damaged', part: 'freshness' }) : freshness;
    volume = createVolumeOver(deps, { ...parts, freshness: freshness.value }, state);
    if (superblock.rotation !== undefined) {
      const journal = await volume.openJournal();
      if (!journal.ok) return journal;
    }
    // Page 1 was there when the superblock first said "ready". SQLite would take an empty file for a new database.
    isWhole = volume.main.size() >= PAGE_BYTES;
    return isWhole ? ok(volume) : err({ tag: 'damaged', part: 'pages' });
  } finally {
    if (!isWhole) {
      volume?.close();
      keyring.destroy();
    }
  }
};

/** Begins a new, empty one. Refuses where a database stands. */
export const createVolume = async (
  deps: VolumeDeps,
  options: VolumeOptions,
): Promise<Result<Volume, CreateFailure>> => {
  const files = createVolumeFiles(deps.layer);
  return closeUnless<CreateFailure>(files, async () => {
    const main = await files.open(FILE_NAMES.main, 'create');
    if (!main.ok) return main;
    const log = await files.open(FILE_NAMES.log, 'create');
    if (!log.ok) return log;
    if (!hasNothingStored(main.value, log.value)) return err({ tag: 'exists' });
    const freshness = await openFreshnessFiles(files, NO_FRESHNESS.sequence);
    if (!freshness.ok) return freshness;
    main.value.truncate(0);
    const suiteId = options.suiteId ?? PAGE_SUITES.xchacha20Poly1305;
    const cipher = deps.createCipher(options.pageKey, suiteId);
    if (cipher === undefined) throw new Error(`no cipher of page suite ${suiteId}`);
    const databaseId = bytesToHex(deps.random(16)) as DatabaseId;
    const superblock: Superblock = {
      format: FILE_FORMAT,
      minReader: FILE_MIN_READER,
      suiteId,
      isReady: false,
      keyEpoch: options.keyEpoch,
      databaseId,
      vaultId: options.vaultId,
      sequence: 0,
      log: { tag: 'none', generation: 0 },
      freshness: NO_FRESHNESS,
      rotation: undefined,
    };
    const keyring = createPageKeyring(createEpochSeal(cipher, databaseId, options.keyEpoch));
    const parts = { main: main.value, log: log.value, freshness: freshness.value };
    return ok(createVolumeOver(deps, parts, { superblock, keyring, files, options }));
  });
};

/** Creation touches the log only after it has marked the superblock ready: bytes in the log are somebody's history. */
const hasNothingStored = (main: CountedFile, log: CountedFile): boolean => log.size() === 0 && isUnfinished(main);

/** Gives the files back where opening fails, and converts faults into values. */
const closeUnless = async <E>(
  files: { close(): void },
  work: () => Promise<Result<Volume, E>>,
): Promise<Result<Volume, E | DatabaseFailure>> => {
  try {
    const opened = await work();
    if (!opened.ok) files.close();
    return opened;
  } catch (thrown) {
    files.close();
    if (thrown instanceof VolumeFault) return err(thrown.failure);
    throw thrown;
  }
};

interface VolumeParts {
  readonly main: CountedFile;
  readonly log: CountedFile;
  readonly freshness: FreshnessFiles;
}

interface VolumeState {
  readonly superblock: Superblock;
  readonly keyring: PageKeyring;
  readonly options: VolumeOptions;
  readonly files: VolumeFiles;
}

const createVolumeOver = (
  { createCipher, random }: VolumeDeps,
  parts: VolumeParts,
  { superblock, keyring, options, files }: VolumeState,
): Volume => {
  const superblocks: SuperblockStore = createSuperblockStore({ file: parts.main, keyring }, superblock);
  if (superblock.sequence === 0) superblocks.advance({});
  const tableDeps = { files: parts.freshness, keyring };
  const freshness =
    superblock.freshness.sequence === 0
      ? adoptFreshnessTable(tableDeps, superblock.freshness, parts.main)
      : openFreshnessTable(tableDeps, superblock.freshness);
  const checked = options.freshness === 'ignored' ? { ...freshness, isNewest: () => true } : freshness;
  const main = createPageFile({ file: parts.main, keyring, freshness: checked, mend: () => rotation.mend() });

  /** Pages first: a table never speaks of a page that the disk does not have. */
  const saveFreshness = (): FreshnessState => {
    main.sync();
    superblocks.makeCertain();
    return freshness.save(main.size() / PAGE_BYTES, superblocks.current.freshness);
  };

  let journal: CountedFile | undefined;
  const rotation = createPageRotation({
    main: parts.main,
    keyring,
    freshness,
    superblocks,
    saveFreshness,
    journal() {
      if (journal === undefined) throw new Error('the journal is not open');
      return journal;
    },
  });

  const cipherOf = (key: PageKey | WalKey, suiteId: PageSuiteId): PageCipher => {
    const cipher = createCipher(key, suiteId);
    if (cipher === undefined) throw new Error(`no cipher of page suite ${suiteId}`);
    return cipher;
  };

  let newest: Pick<PageKeys, 'keyEpoch' | 'pageKey'> = options;
  const needsRotation = (): boolean => rotation.isUnderWay || superblocks.current.keyEpoch < newest.keyEpoch;

  const log = createLogFile({
    file: parts.log,
    superblocks,
    random,
    saveFreshness,
    createCipher: (key) => cipherOf(key, superblocks.current.suiteId),
    dataFor: (kind) => keyring.newest.dataFor(kind),
  });
  return {
    databaseId: superblock.databaseId,
    main,
    log,
    counters: files.counters,
    failure: undefined,
    bug: undefined,
    markReady() {
      superblocks.advance({ isReady: true, freshness: saveFreshness() });
      superblocks.advance({ isReady: true });
    },
    deleteLog() {
      log.erase();
      parts.log.truncate(0);
      parts.log.flush();
    },
    rotation,
    get needsRotation() {
      return needsRotation();
    },
    usePageKey(next) {
      if (needsRotation() || next.keyEpoch !== newest.keyEpoch + 1) throw new Error('not the next page key');
      newest = next;
    },
    async openJournal() {
      if (journal !== undefined) return ok(undefined);
      const opened = await files.open(FILE_NAMES.journal, 'create');
      if (opened.ok) journal = opened.value;
      return opened.ok ? ok(undefined) : opened;
    },
    beginRotation() {
      const suiteId = options.suiteId ?? superblocks.current.suiteId;
      const cipher = cipherOf(newest.pageKey, suiteId);
      rotation.begin(createEpochSeal(cipher, superblock.databaseId, newest.keyEpoch));
    },
    async removeJournal() {
      journal = undefined;
      await files.remove(FILE_NAMES.journal);
    },
    close() {
      log.destroy();
      keyring.destroy();
      files.close();
    },
  };
};

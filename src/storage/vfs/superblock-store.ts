import type { PageSuiteId } from '../../crypto/suites.ts';
import type { VaultId } from '../../domain/ids.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { CountedFile } from './counted-file.ts';
import { FILE_FORMAT, PAGES_OFFSET, SUPERBLOCK_COPIES, SUPERBLOCK_SECTOR_BYTES } from './layout.ts';
import {
  createEpochSeal,
  createPageKeyring,
  pageKeyOf,
  type CreatePageCipher,
  type EpochSeal,
  type PageKeyring,
  type PageKeys,
} from './page-keyring.ts';
import {
  encodeSuperblock,
  openSuperblock,
  readSuperblockHeader,
  type FreshnessState,
  type LogState,
  type RotationState,
  type Superblock,
  type SuperblockHeader,
} from './superblock-codec.ts';

export interface SuperblockChange {
  readonly log?: LogState;
  readonly freshness?: FreshnessState;
  readonly rotation?: RotationState | undefined;
  readonly isReady?: boolean;
}

/** The two copies at the head of the main file. Each change goes to the copy that does not hold the newest one. */
export interface SuperblockStore {
  /** The newest one that is known to stand. */
  readonly current: Superblock;
  /**
   * After a failure a crash may find the superblock that failed: writes the one that stands over it. What either of
   * them names (table, journal, key) is not changed before.
   * @throws VolumeFault
   */
  makeCertain(): void;

  /**
   * Writes the next superblock to one copy and flushes it. A crash leaves this one or the one before.
   * @throws VolumeFault; which of the two stands is then unknown until the next one is written
   */
  advance(change: SuperblockChange): void;
}

/** @param newest what the file holds, or what a new file is to hold first (not yet written) */
export const createSuperblockStore = (
  { file, keyring }: { readonly file: CountedFile; readonly keyring: PageKeyring },
  newest: Superblock,
): SuperblockStore => {
  let current = newest;
  let isUncertain = false;
  return {
    get current() {
      return current;
    },
    makeCertain() {
      if (isUncertain) advance({});
    },
    advance,
  };

  function advance(change: SuperblockChange): void {
    // After a failure the same copy is written again: the other one is the last that is known to stand.
    const sequence = current.sequence + 1;
    const { keyEpoch, cipher } = keyring.newest;
    const next = { ...current, ...change, sequence, keyEpoch, suiteId: cipher.suiteId };
    isUncertain = true;
    file.write(encodeSuperblock(next, cipher), (sequence % SUPERBLOCK_COPIES) * SUPERBLOCK_SECTOR_BYTES);
    file.flush();
    isUncertain = false;
    current = next;
  }
};

export type SuperblockRefusal =
  | { readonly tag: 'unfinished' }
  | { readonly tag: 'wrong-key' }
  | { readonly tag: 'wrong-vault' }
  | { readonly tag: 'damaged'; readonly part: 'superblock' }
  | { readonly tag: 'newer-format'; readonly minReader: number };

interface Copy {
  readonly sector: Uint8Array;
  readonly header: SuperblockHeader;
}

/** Copies whose hash fits and that stand where their sequence belongs, newest first. */
const readCopies = (file: CountedFile): Copy[] => {
  const copies: Copy[] = [];
  for (let index = 0; index < SUPERBLOCK_COPIES; index += 1) {
    const sector = new Uint8Array(SUPERBLOCK_SECTOR_BYTES);
    file.read(sector, index * SUPERBLOCK_SECTOR_BYTES);
    const header = readSuperblockHeader(sector);
    if (header !== undefined && header.sequence % SUPERBLOCK_COPIES === index) copies.push({ sector, header });
  }
  return copies.sort((left, right) => right.header.sequence - left.header.sequence);
};

/**
 * True where nothing was ever stored: an empty file, one that ends before its first page, or one whose creation says
 * of itself that it did not finish. Only such a file may be made anew.
 */
export const isUnfinished = (file: CountedFile): boolean => {
  const [newest] = readCopies(file);
  return newest === undefined ? file.size() <= PAGES_OFFSET : !newest.header.isReady;
};

export interface SuperblockExpectation extends PageKeys {
  readonly vaultId: VaultId;
}

/** The newest copy that is ours, with what seals it; or why there is none. Nothing is changed. */
export const readSuperblock = (
  file: CountedFile,
  createCipher: CreatePageCipher,
  expected: SuperblockExpectation,
): Result<{ readonly superblock: Superblock; readonly keyring: PageKeyring }, SuperblockRefusal> => {
  const copies = readCopies(file);
  const [newest] = copies;
  if (newest === undefined) return err({ tag: 'damaged', part: 'superblock' });
  const { header } = newest;
  if (!header.isReady) return err({ tag: 'unfinished' });
  if (header.minReader > FILE_FORMAT) return err({ tag: 'newer-format', minReader: header.minReader });
  if (header.vaultId !== expected.vaultId) return err({ tag: 'wrong-vault' });

  const seals: EpochSeal[] = [];
  const sealOf = ({ databaseId }: SuperblockHeader, keyEpoch: number, suiteId: PageSuiteId): EpochSeal | undefined => {
    const key = pageKeyOf(expected, keyEpoch);
    const cipher = key && createCipher(key, suiteId);
    if (cipher === undefined) return undefined;
    const seal = createEpochSeal(cipher, databaseId, keyEpoch);
    seals.push(seal);
    return seal;
  };
  const refuse = (refusal: SuperblockRefusal): Result<never, SuperblockRefusal> => {
    for (const { cipher } of seals) cipher.destroy();
    return err(refusal);
  };

  if (pageKeyOf(expected, header.keyEpoch) === undefined) return err({ tag: 'wrong-key' });
  const newestSeal = sealOf(header, header.keyEpoch, header.suiteId);
  if (newestSeal === undefined) return err({ tag: 'newer-format', minReader: header.minReader });
  const opened = copies.map((copy) => {
    // The two copies differ in key or suite for a moment, when a rotation of keys begins.
    const isAlike = copy.header.keyEpoch === header.keyEpoch && copy.header.suiteId === header.suiteId;
    const seal = isAlike ? newestSeal : sealOf(copy.header, copy.header.keyEpoch, copy.header.suiteId);
    return seal && openSuperblock(copy.sector, copy.header, seal.cipher);
  });
  if (opened.every((copy) => copy === undefined)) return refuse({ tag: 'wrong-key' });
  // A crash cannot make a copy whose hash fits and whose seal does not: somebody wants us to take the other one.
  const [superblock] = opened;
  if (superblock === undefined || opened.includes(undefined)) return refuse({ tag: 'damaged', part: 'superblock' });
  const { rotation } = superblock;
  const previous = rotation && sealOf(header, header.keyEpoch - 1, rotation.previousSuiteId);
  if (rotation !== undefined && previous === undefined) return refuse({ tag: 'wrong-key' });
  for (const seal of seals) if (seal !== newestSeal && seal !== previous) seal.cipher.destroy();
  return ok({ superblock, keyring: createPageKeyring(newestSeal, previous) });
};

import type { PageCipher } from '../../crypto/page-cipher.ts';
import type { VaultId } from '../../domain/ids.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { CountedFile } from './counted-file.ts';
import { FILE_FORMAT, PAGES_OFFSET, SUPERBLOCK_COPIES, SUPERBLOCK_SECTOR_BYTES } from './layout.ts';
import {
  encodeSuperblock,
  openSuperblock,
  readSuperblockHeader,
  type LogState,
  type Superblock,
  type SuperblockHeader,
} from './superblock-codec.ts';

/** The two copies at the head of the main file. Each change goes to the copy that does not hold the newest one. */
export interface SuperblockStore {
  readonly current: Superblock;

  /**
   * Writes the next superblock to one copy and flushes it. A crash leaves this one or the one before.
   * @throws VolumeFault; which of the two stands is then unknown until the next one is written
   */
  advance(change: { readonly log?: LogState; readonly isReady?: boolean }): void;
}

/** @param newest what the file holds, or what a new file is to hold first (not yet written) */
export const createSuperblockStore = (
  { file, cipher }: { readonly file: CountedFile; readonly cipher: PageCipher },
  newest: Superblock,
): SuperblockStore => {
  let current = newest;
  let sequence = newest.sequence;
  return {
    get current() {
      return current;
    },
    advance(change) {
      // Counted before writing: after a failure, the copy that may be torn is not the one that the next write spares.
      sequence += 1;
      const next = { ...current, ...change, sequence };
      file.write(encodeSuperblock(next, cipher), (sequence % SUPERBLOCK_COPIES) * SUPERBLOCK_SECTOR_BYTES);
      file.flush();
      current = next;
    },
  };
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

export interface SuperblockExpectation {
  readonly vaultId: VaultId;
  readonly keyEpoch: number;
}

/** The newest copy that is ours, or why there is none. Nothing is changed. */
export const readSuperblock = (
  file: CountedFile,
  cipher: PageCipher,
  expected: SuperblockExpectation,
): Result<Superblock, SuperblockRefusal> => {
  const copies = readCopies(file);
  const [newest] = copies;
  if (newest === undefined) return err({ tag: 'damaged', part: 'superblock' });
  if (!newest.header.isReady) return err({ tag: 'unfinished' });
  if (newest.header.minReader > FILE_FORMAT || newest.header.suiteId !== cipher.suiteId) {
    return err({ tag: 'newer-format', minReader: newest.header.minReader });
  }
  if (newest.header.vaultId !== expected.vaultId) return err({ tag: 'wrong-vault' });
  if (newest.header.keyEpoch !== expected.keyEpoch) return err({ tag: 'wrong-key' });
  const opened = copies.map(({ sector, header }) => openSuperblock(sector, header, cipher));
  if (opened.every((copy) => copy === undefined)) return err({ tag: 'wrong-key' });
  // A crash cannot make a copy whose hash fits and whose seal does not: somebody wants us to take the other one.
  const [superblock] = opened;
  if (superblock === undefined || opened.includes(undefined)) return err({ tag: 'damaged', part: 'superblock' });
  return ok(superblock);
};

import { equalBytes, type Bytes } from '../../crypto/bytes.ts';
import { sha256Sync } from '../../crypto/hash.ts';
import { PAGE_OVERHEAD_BYTES, PAGE_TAG_BYTES } from '../../crypto/page-cipher.ts';
import type { CountedFile } from './counted-file.ts';
import {
  FILE_KIND,
  LEAF_BYTES,
  LEAF_PAGES,
  LEAF_PLAIN_BYTES,
  PAGE_BYTES,
  PAGES_OFFSET,
  TAG_PREFIX_BYTES,
  pageOffset,
} from './layout.ts';
import type { PageKeyring } from './page-keyring.ts';
import type { FreshnessState } from './superblock-codec.ts';
import { VolumeFault } from './volume-fault.ts';

/** Leaves, or pages, that are read or written at once: 1 MiB. */
const RUN_RECORDS = 256;

/**
 * Says of every page which of its versions is the newest: a page that was put back, whole and rightly sealed, is none
 * (docs/protocol/database-file.md, "Freshness").
 */
export interface FreshnessTable {
  /** True if `record` is what was last written at this page. @param page from 1 */
  isNewest(page: number, record: Uint8Array): boolean;
  /** `record` is the newest from now on. */
  note(page: number, record: Uint8Array): void;
  /** The pages after `pageCount` are no more. */
  cut(pageCount: number): void;
  /** Both files are written anew: under a key that they were not sealed with. */
  rewrite(): void;
  /**
   * Writes what changed to the file that does not hold the `confirmed` table and flushes it. It counts once a
   * superblock says so; until then the confirmed one does, and a save that is not confirmed is simply done again.
   * @throws VolumeFault
   */
  save(pageCount: number, confirmed: FreshnessState): FreshnessState;
}

export interface FreshnessDeps {
  /** Of even and of odd sequences. */
  readonly files: readonly [CountedFile, CountedFile];
  readonly keyring: Pick<PageKeyring, 'newest'>;
}

/**
 * The table that `state` names.
 * @throws VolumeFault `damaged` where the file does not hold it
 */
export const openFreshnessTable = (deps: FreshnessDeps, state: FreshnessState): FreshnessTable => {
  const leaves = leavesOf(state.pageCount);
  const tags = new Uint8Array(leaves * LEAF_PLAIN_BYTES);
  const seals = new Uint8Array(leaves * PAGE_OVERHEAD_BYTES);
  const file = fileOf(deps, state.sequence);
  const { cipher, dataFor } = deps.keyring.newest;
  const run = new Uint8Array(Math.min(leaves, RUN_RECORDS) * LEAF_BYTES);
  for (let leaf = 0; leaf < leaves; leaf += 1) {
    const inRun = leaf % RUN_RECORDS;
    if (inRun === 0 && file.read(run, leaf * LEAF_BYTES) < Math.min(leaves - leaf, RUN_RECORDS) * LEAF_BYTES) {
      throw damaged();
    }
    const record = run.subarray(inRun * LEAF_BYTES, (inRun + 1) * LEAF_BYTES);
    const plain = tags.subarray(leaf * LEAF_PLAIN_BYTES, (leaf + 1) * LEAF_PLAIN_BYTES);
    if (!cipher.open(record, dataFor(FILE_KIND.freshness)(leaf), plain)) throw damaged();
    seals.set(record.subarray(LEAF_PLAIN_BYTES), leaf * PAGE_OVERHEAD_BYTES);
  }
  if (!equalBytes(sha256Sync(seals), state.root)) throw damaged();
  return createTable(deps, state, tags, seals);
};

/**
 * A table for a database that has none: made anew, or last written by a release that knows of none. What its pages are
 * now is taken for the newest.
 */
export const adoptFreshnessTable = (deps: FreshnessDeps, none: FreshnessState, main: CountedFile): FreshnessTable => {
  const pages = Math.max(0, Math.floor((main.size() - PAGES_OFFSET) / PAGE_BYTES));
  const table = createTable(deps, none, new Uint8Array(leavesOf(pages) * LEAF_PLAIN_BYTES), new Uint8Array(0));
  const run = new Uint8Array(Math.min(pages, RUN_RECORDS) * PAGE_BYTES);
  for (let page = 1; page <= pages; page += 1) {
    const inRun = (page - 1) % RUN_RECORDS;
    if (inRun === 0) main.read(run, pageOffset(page));
    table.note(page, run.subarray(inRun * PAGE_BYTES, (inRun + 1) * PAGE_BYTES));
  }
  return table;
};

const createTable = (
  deps: FreshnessDeps,
  newest: FreshnessState,
  initialTags: Uint8Array<ArrayBuffer>,
  initialSeals: Uint8Array<ArrayBuffer>,
): FreshnessTable => {
  let state = newest;
  let tags = initialTags;
  let isChanged = newest.sequence === 0;
  const held = [heldBy(0), heldBy(1)] as const;

  /** What is known of the file of even (0) or odd (1) sequences. */
  function heldBy(turn: 0 | 1): HeldTable {
    const isCounting = newest.sequence > 0 && newest.sequence % 2 === turn;
    return { seals: isCounting ? initialSeals : new Uint8Array(0), isUnknown: !isCounting, stale: new Set() };
  }

  const change = (leaf: number): void => {
    isChanged = true;
    for (const { stale } of held) stale.add(leaf);
  };

  return {
    isNewest(page, record) {
      const at = (page - 1) * TAG_PREFIX_BYTES;
      const tagAt = record.length - PAGE_TAG_BYTES;
      if (at + TAG_PREFIX_BYTES > tags.length) return false;
      for (let index = 0; index < TAG_PREFIX_BYTES; index += 1) {
        if (tags[at + index] !== record[tagAt + index]) return false;
      }
      return true;
    },

    note(page, record) {
      const at = (page - 1) * TAG_PREFIX_BYTES;
      if (at + TAG_PREFIX_BYTES > tags.length) {
        tags = grown(tags, Math.max(2 * tags.length, leavesOf(page) * LEAF_PLAIN_BYTES));
      }
      const tagAt = record.length - PAGE_TAG_BYTES;
      tags.set(record.subarray(tagAt, tagAt + TAG_PREFIX_BYTES), at);
      change(leafOf(page));
    },

    cut(pageCount) {
      tags.fill(0, pageCount * TAG_PREFIX_BYTES);
      change(leafOf(pageCount + 1));
    },

    rewrite() {
      isChanged = true;
      for (const holding of held) holding.isUnknown = true;
    },

    save(pageCount, confirmed) {
      if (!isChanged) return state;
      const sequence = confirmed.sequence + 1;
      const leaves = leavesOf(pageCount);
      const holding = sequence % 2 === 0 ? held[0] : held[1];
      const seals = grown(holding.seals, leaves * PAGE_OVERHEAD_BYTES);
      const isDue = holding.isUnknown ? () => true : (leaf: number) => holding.stale.has(leaf);
      // If writing fails, nobody knows what the file holds.
      holding.isUnknown = true;
      tags = grown(tags, leaves * LEAF_PLAIN_BYTES);
      writeLeaves(deps, fileOf(deps, sequence), { tags, seals, leaves, isDue });
      holding.seals = seals;
      holding.isUnknown = false;
      holding.stale.clear();
      isChanged = false;
      state = { sequence, root: sha256Sync(seals.subarray(0, leaves * PAGE_OVERHEAD_BYTES)), pageCount };
      return state;
    },
  };
};

interface HeldTable {
  /** Nonce and tag of each leaf. */
  seals: Uint8Array<ArrayBuffer>;
  /** True where every leaf has to be written. */
  isUnknown: boolean;
  /** Leaves that have changed since they were written there. */
  readonly stale: Set<number>;
}

interface LeavesToWrite {
  readonly tags: Uint8Array;
  /** Takes nonce and tag of what is written. */
  readonly seals: Uint8Array;
  readonly leaves: number;
  readonly isDue: (leaf: number) => boolean;
}

/** Seals and writes the leaves that are due, neighbours in one write, then flushes. */
const writeLeaves = (
  { keyring }: FreshnessDeps,
  file: CountedFile,
  { tags, seals, leaves, isDue }: LeavesToWrite,
): void => {
  const { cipher, dataFor } = keyring.newest;
  const run = new Uint8Array(Math.min(leaves, RUN_RECORDS) * LEAF_BYTES);
  let length = 0;
  for (let leaf = 0; leaf <= leaves; leaf += 1) {
    const isInRun = leaf < leaves && isDue(leaf);
    if (length > 0 && (!isInRun || length === RUN_RECORDS)) {
      file.write(run.subarray(0, length * LEAF_BYTES), (leaf - length) * LEAF_BYTES);
      length = 0;
    }
    if (!isInRun) continue;
    const record = run.subarray(length * LEAF_BYTES, (length + 1) * LEAF_BYTES);
    const plain = tags.subarray(leaf * LEAF_PLAIN_BYTES, (leaf + 1) * LEAF_PLAIN_BYTES);
    cipher.seal(plain, dataFor(FILE_KIND.freshness)(leaf), record);
    seals.set(record.subarray(LEAF_PLAIN_BYTES), leaf * PAGE_OVERHEAD_BYTES);
    length += 1;
  }
  file.flush();
};

const leafOf = (page: number): number => Math.floor((page - 1) / LEAF_PAGES);
const leavesOf = (pageCount: number): number => Math.ceil(pageCount / LEAF_PAGES);
const fileOf = ({ files }: FreshnessDeps, sequence: number): CountedFile => files[sequence % 2 === 0 ? 0 : 1];
const damaged = (): VolumeFault => new VolumeFault({ tag: 'damaged', part: 'freshness' });

const grown = (bytes: Uint8Array<ArrayBuffer>, length: number): Bytes => {
  if (bytes.length >= length) return bytes;
  const larger = new Uint8Array(length);
  larger.set(bytes);
  return larger;
};

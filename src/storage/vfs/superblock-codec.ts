/**
 * One copy of the superblock (docs/protocol/database-file.md, "Superblock"):
 *
 * | offset | bytes |                                                                             |
 * |--------|-------|-----------------------------------------------------------------------------|
 * | 0      | 8     | `sotto/db`                                                                  |
 * | 8      | 2     | format                                                                      |
 * | 10     | 2     | oldest reader that may open it                                              |
 * | 12     | 2     | page suite                                                                  |
 * | 14     | 2     | state: 1 being created, 2 ready                                             |
 * | 16     | 4     | page size                                                                   |
 * | 20     | 4     | key epoch                                                                   |
 * | 24     | 16    | database id                                                                 |
 * | 40     | 16    | vault id                                                                    |
 * | 56     | 8     | sequence; copy = sequence mod 2                                             |
 * | 64     | 168   | sealed part, 128 bytes in clear (see below), under the page key             |
 * | 232    | 32    | SHA-256 of all before: tells damage from a wrong key, protects nothing      |
 *
 * Sealed part: log state u8 (0 none, 1 opening, 2 live) | rotating u8 | page suite before the rotation u16 | pages moved
 * u32 | log generation u64 | log key 32 | freshness sequence u64 | freshness root 32 | pages in the freshness table u32 |
 * pages in the journal u32 | journal root 32. Associated data: that of kind `superblock` with the sequence as number,
 * then bytes 0 to 64 of the copy.
 */
import { concatBytes, equalBytes, utf8, type Bytes } from '../../crypto/bytes.ts';
import { sha256Sync } from '../../crypto/hash.ts';
import { KEY_BYTES, toKey, type WalKey } from '../../crypto/keys.ts';
import { PAGE_OVERHEAD_BYTES, type PageCipher } from '../../crypto/page-cipher.ts';
import type { PageSuiteId } from '../../crypto/suites.ts';
import { bytesToHex, hexToBytes, type DatabaseId, type VaultId } from '../../domain/ids.ts';
import { createAssociatedData } from './associated-data.ts';
import {
  FILE_FORMAT,
  FILE_KIND,
  FILE_MIN_READER,
  PAGE_BYTES,
  ROTATION_MIN_READER,
  SUPERBLOCK_SECTOR_BYTES,
} from './layout.ts';

const MAGIC = utf8('sotto/db');
const CLEAR_BYTES = 64;
const SEALED_PLAIN_BYTES = 128;
const SEALED_END = CLEAR_BYTES + SEALED_PLAIN_BYTES + PAGE_OVERHEAD_BYTES;
const HASH_BYTES = 32;
const CREATING = 1;
const READY = 2;
const ROTATING = 1;

/** What stands in the clear part. Believed only once the sealed part has opened. */
export interface SuperblockHeader {
  readonly format: number;
  readonly minReader: number;
  readonly suiteId: PageSuiteId;
  readonly isReady: boolean;
  readonly keyEpoch: number;
  readonly databaseId: DatabaseId;
  readonly vaultId: VaultId;
  readonly sequence: number;
}

/**
 * The log's generation. `opening`: its key is kept, and its header may or may not have reached the disk, so nothing
 * was committed in it if it has not. `live`: commits were acknowledged in it; a header that does not open is damage.
 */
export type LogState =
  | { readonly tag: 'none'; readonly generation: number }
  | { readonly tag: 'opening' | 'live'; readonly generation: number; readonly key: WalKey };

/**
 * Which freshness table counts. Sequence 0: none does, because the database was last written by a release that knows
 * of none.
 */
export interface FreshnessState {
  readonly sequence: number;
  /** SHA-256 over nonce and tag of every leaf. */
  readonly root: Bytes;
  readonly pageCount: number;
}

/** Page keys are being rotated: pages move from the key epoch before to the present one. */
export interface RotationState {
  readonly previousSuiteId: PageSuiteId;
  /** Pages 1 to this one are sealed under the newest key. */
  readonly movedPages: number;
  /** Pages after them that the journal holds, and that may be half written at their places. */
  readonly journal: JournalState | undefined;
}

export interface JournalState {
  readonly pageCount: number;
  /** SHA-256 over nonce and tag of every page in the journal. */
  readonly root: Bytes;
}

export const NO_FRESHNESS: FreshnessState = { sequence: 0, root: new Uint8Array(HASH_BYTES), pageCount: 0 };

export interface Superblock extends SuperblockHeader {
  readonly log: LogState;
  readonly freshness: FreshnessState;
  readonly rotation: RotationState | undefined;
}

const LOG_TAGS = ['none', 'opening', 'live'] as const;

const associatedDataOf = (header: SuperblockHeader, clear: Uint8Array): Bytes =>
  concatBytes(createAssociatedData(header.databaseId, header.keyEpoch, FILE_KIND.superblock)(header.sequence), clear);

/** A whole sector. */
export const encodeSuperblock = (superblock: Superblock, cipher: PageCipher): Bytes => {
  const sector = new Uint8Array(SUPERBLOCK_SECTOR_BYTES);
  const view = new DataView(sector.buffer);
  sector.set(MAGIC, 0);
  view.setUint16(8, FILE_FORMAT);
  view.setUint16(10, superblock.rotation === undefined ? FILE_MIN_READER : ROTATION_MIN_READER);
  view.setUint16(12, superblock.suiteId);
  view.setUint16(14, superblock.isReady ? READY : CREATING);
  view.setUint32(16, PAGE_BYTES);
  view.setUint32(20, superblock.keyEpoch);
  sector.set(hexToBytes(superblock.databaseId), 24);
  sector.set(hexToBytes(superblock.vaultId), 40);
  view.setBigUint64(56, BigInt(superblock.sequence));

  const plain = new Uint8Array(SEALED_PLAIN_BYTES);
  const plainView = new DataView(plain.buffer);
  plain[0] = LOG_TAGS.indexOf(superblock.log.tag);
  plainView.setBigUint64(8, BigInt(superblock.log.generation));
  if (superblock.log.tag !== 'none') plain.set(superblock.log.key, 16);
  plainView.setBigUint64(48, BigInt(superblock.freshness.sequence));
  plain.set(superblock.freshness.root, 56);
  plainView.setUint32(88, superblock.freshness.pageCount);
  if (superblock.rotation !== undefined) encodeRotation(plain, plainView, superblock.rotation);
  const associatedData = associatedDataOf(superblock, sector.subarray(0, CLEAR_BYTES));
  cipher.seal(plain, associatedData, sector.subarray(CLEAR_BYTES, SEALED_END));
  plain.fill(0);

  sector.set(sha256Sync(sector.subarray(0, SEALED_END)), SEALED_END);
  return sector;
};

const encodeRotation = (plain: Uint8Array, view: DataView, rotation: RotationState): void => {
  plain[1] = ROTATING;
  view.setUint16(2, rotation.previousSuiteId);
  view.setUint32(4, rotation.movedPages);
  if (rotation.journal === undefined) return;
  view.setUint32(92, rotation.journal.pageCount);
  plain.set(rotation.journal.root, 96);
};

const decodeRotation = (plain: Uint8Array<ArrayBuffer>, view: DataView): RotationState | undefined => {
  if (plain[1] !== ROTATING) return undefined;
  const pageCount = view.getUint32(92);
  return {
    previousSuiteId: view.getUint16(2) as PageSuiteId,
    movedPages: view.getUint32(4),
    journal: pageCount === 0 ? undefined : { pageCount, root: plain.slice(96, 96 + HASH_BYTES) },
  };
};

/** The clear part of a copy that is as somebody wrote it, or `undefined`: torn, rotten, or not a superblock. */
export const readSuperblockHeader = (sector: Uint8Array): SuperblockHeader | undefined => {
  if (sector.length !== SUPERBLOCK_SECTOR_BYTES) return undefined;
  const hash = sector.subarray(SEALED_END, SEALED_END + HASH_BYTES);
  if (!equalBytes(sector.subarray(0, MAGIC.length), MAGIC)) return undefined;
  if (!equalBytes(hash, sha256Sync(sector.subarray(0, SEALED_END)))) return undefined;
  const view = new DataView(sector.buffer, sector.byteOffset);
  return {
    format: view.getUint16(8),
    minReader: view.getUint16(10),
    suiteId: view.getUint16(12) as PageSuiteId,
    isReady: view.getUint16(14) === READY,
    keyEpoch: view.getUint32(20),
    databaseId: bytesToHex(sector.subarray(24, 40)) as DatabaseId,
    vaultId: bytesToHex(sector.subarray(40, 56)) as VaultId,
    sequence: Number(view.getBigUint64(56)),
  };
};

/** The whole copy, or `undefined` where it does not open: another key, or somebody's hand. */
export const openSuperblock = (
  sector: Uint8Array,
  header: SuperblockHeader,
  cipher: PageCipher,
): Superblock | undefined => {
  const plain = new Uint8Array(SEALED_PLAIN_BYTES);
  const associatedData = associatedDataOf(header, sector.subarray(0, CLEAR_BYTES));
  if (!cipher.open(sector.subarray(CLEAR_BYTES, SEALED_END), associatedData, plain)) return undefined;
  const plainView = new DataView(plain.buffer);
  const generation = Number(plainView.getBigUint64(8));
  const freshness = {
    sequence: Number(plainView.getBigUint64(48)),
    root: plain.slice(56, 56 + HASH_BYTES),
    pageCount: plainView.getUint32(88),
  };
  const rotation = decodeRotation(plain, plainView);
  const tag = LOG_TAGS[plain[0] ?? 0];
  const key = plain.slice(16, 16 + KEY_BYTES);
  plain.fill(0);
  if (tag === undefined) return undefined;
  const log: LogState = tag === 'none' ? { tag, generation } : { tag, generation, key: toKey<WalKey>(key) };
  return { ...header, log, freshness, rotation };
};

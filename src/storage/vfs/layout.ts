/**
 * Sizes and places of the stored database, format 2 (docs/protocol/database-file.md). Integers outside SQLite's own
 * structures are big-endian.
 */
import { PAGE_OVERHEAD_BYTES } from '../../crypto/page-cipher.ts';

/** Of the files: superblock, page slots, log slots, freshness tables. The tables inside have a number of their own. */
export const FILE_FORMAT = 2;
/** The oldest reader of this format that understands what this writer writes. */
export const FILE_MIN_READER = 1;
/** The same while page keys are rotated. */
export const ROTATION_MIN_READER = 2;
/** Of a sealed record: stands in its associated data, so a change of it makes every stored record unreadable. */
export const RECORD_FORMAT = 1;

/** Fixed and opaque: a file's name tells nothing. */
export const FILE_NAMES = { main: '0', log: '1', freshnessEven: '2', freshnessOdd: '3', journal: '4' } as const;
/** What every database has. The journal is there while page keys are rotated only. */
export const STANDING_FILES = [FILE_NAMES.main, FILE_NAMES.log, FILE_NAMES.freshnessEven, FILE_NAMES.freshnessOdd];

export const PAGE_BYTES = 4_096;
/** What SQLite leaves free at the end of each page (`SQLITE_FCNTL_RESERVE_BYTES`): nonce and tag rest there. */
export const RESERVED_BYTES = PAGE_OVERHEAD_BYTES;
export const USABLE_BYTES = PAGE_BYTES - RESERVED_BYTES;

/** One copy of the superblock has a sector to itself, so that writing one never endangers the other. */
export const SUPERBLOCK_SECTOR_BYTES = 4_096;
export const SUPERBLOCK_COPIES = 2;
/** The page slots begin behind the superblock. */
export const PAGES_OFFSET = SUPERBLOCK_SECTOR_BYTES * SUPERBLOCK_COPIES;

/** SQLite's own log: a header, then frames of a header and a page (https://sqlite.org/fileformat2.html#walformat). */
export const LOG_HEADER_BYTES = 32;
export const FRAME_HEADER_BYTES = 24;
export const FRAME_BYTES = FRAME_HEADER_BYTES + PAGE_BYTES;

/** Ours: the sealed header, the generation in clear, zeros up to 128; then slots of a sealed (first slot of the batch u32 | frame). */
export const LOG_HEADER_SLOT_BYTES = 128;
export const LOG_GENERATION_OFFSET = LOG_HEADER_BYTES + PAGE_OVERHEAD_BYTES;
export const BATCH_FIRST_BYTES = 4;
export const FRAME_SLOT_PLAIN_BYTES = BATCH_FIRST_BYTES + FRAME_BYTES;
export const FRAME_SLOT_BYTES = FRAME_SLOT_PLAIN_BYTES + PAGE_OVERHEAD_BYTES;

/** @param page from 1 */
export const pageOffset = (page: number): number => PAGES_OFFSET + (page - 1) * PAGE_BYTES;

/** @param slot from 0 */
export const frameSlotOffset = (slot: number): number => LOG_HEADER_SLOT_BYTES + slot * FRAME_SLOT_BYTES;

/** A leaf of a freshness table: the beginnings of the tags of so many pages, sealed. */
export const TAG_PREFIX_BYTES = 8;
export const LEAF_PAGES = 507;
export const LEAF_PLAIN_BYTES = LEAF_PAGES * TAG_PREFIX_BYTES;
export const LEAF_BYTES = LEAF_PLAIN_BYTES + PAGE_OVERHEAD_BYTES;

/** What a sealed record is part of; stands in its associated data. Numbers are never used again. */
export const FILE_KIND = { superblock: 1, page: 2, logHeader: 3, logFrame: 4, freshness: 5 } as const;
export type FileKind = (typeof FILE_KIND)[keyof typeof FILE_KIND];

import type { PageSuiteId } from './suites.ts';

/** nonce 24 | tag 16, the bytes that a record has more than its page. */
export const PAGE_OVERHEAD_BYTES = 40;
export const PAGE_NONCE_BYTES = 24;
export const PAGE_TAG_BYTES = 16;

/**
 * Seals database pages under one key. Synchronous, because SQLite is. A record is ciphertext | nonce 24 | tag 16, so
 * that a page's ciphertext begins where SQLite's page begins and the rest fills its reserved bytes.
 *
 * Every implementation passes `page-cipher-contract.ts`, and all of one suite read each other's records.
 */
export interface PageCipher {
  readonly suiteId: PageSuiteId;
  readonly overhead: typeof PAGE_OVERHEAD_BYTES;

  /**
   * Writes a record of `page.length + 40` bytes, under a fresh random nonce.
   * @throws RangeError if `record` has another length
   */
  seal(page: Uint8Array, associatedData: Uint8Array, record: Uint8Array): void;

  /**
   * True, and the plaintext in `page`; or false, and `page` untouched, where the record is not authentic.
   * @throws RangeError if `page` has another length than the record's ciphertext
   */
  open(record: Uint8Array, associatedData: Uint8Array, page: Uint8Array): boolean;

  /** Forgets the key. The cipher throws when used afterwards. */
  destroy(): void;
}

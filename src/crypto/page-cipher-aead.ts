import type { RandomBytes } from '../domain/ports.ts';
import { purge, type PageKey, type WalKey } from './keys.ts';
import { createNonceSource } from './nonce-source.ts';
import { PAGE_NONCE_BYTES, PAGE_OVERHEAD_BYTES, type PageCipher } from './page-cipher.ts';
import type { PageSuiteId } from './suites.ts';

/** What differs between the ciphers: an AEAD with a nonce of 24 and a tag of 16 bytes, on records whose length fits. */
export interface PageAead {
  readonly suiteId: PageSuiteId;
  /** Writes ciphertext | nonce | tag. */
  seal(key: Uint8Array, nonce: Uint8Array, associatedData: Uint8Array, page: Uint8Array, record: Uint8Array): void;
  /** False, and `page` untouched, where the record is not authentic. */
  open(key: Uint8Array, record: Uint8Array, associatedData: Uint8Array, page: Uint8Array): boolean;
  /** Overwrites what the last pages left behind. */
  wipe(): void;
}

/** The page cipher over an AEAD. Keeps a copy of the key until `destroy`. */
export const createAeadPageCipher = (
  { random, aead }: { readonly random: RandomBytes; readonly aead: PageAead },
  { key }: { readonly key: PageKey | WalKey },
): PageCipher => {
  const ownKey = key.slice();
  const drawNonce = createNonceSource(random, PAGE_NONCE_BYTES);
  let isDestroyed = false;

  const check = (pageLength: number, recordLength: number): void => {
    if (isDestroyed) throw new Error('page cipher used after destroy');
    if (recordLength !== pageLength + PAGE_OVERHEAD_BYTES) throw new RangeError('page and record do not fit');
  };

  return {
    suiteId: aead.suiteId,
    overhead: PAGE_OVERHEAD_BYTES,

    seal(page, associatedData, record) {
      check(page.length, record.length);
      aead.seal(ownKey, drawNonce(), associatedData, page, record);
    },

    open(record, associatedData, page) {
      check(page.length, record.length);
      return aead.open(ownKey, record, associatedData, page);
    },

    destroy() {
      isDestroyed = true;
      purge(ownKey);
      aead.wipe();
    },
  };
};

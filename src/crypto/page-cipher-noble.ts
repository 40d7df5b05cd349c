import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import type { RandomBytes } from '../domain/ports.ts';
import { createNonceSource } from './nonce-source.ts';
import { purge, type PageKey, type WalKey } from './keys.ts';
import { PAGE_NONCE_BYTES, PAGE_OVERHEAD_BYTES, PAGE_TAG_BYTES, type PageCipher } from './page-cipher.ts';
import { PAGE_SUITES } from './suites.ts';

/**
 * XChaCha20-Poly1305 in JavaScript: the fallback where WebAssembly is missing, and the way out should the WebAssembly
 * cipher ever prove wrong. Keeps a copy of the key until `destroy`.
 */
export const createNoblePageCipher = (
  { random }: { readonly random: RandomBytes },
  { key }: { readonly key: PageKey | WalKey },
): PageCipher => {
  const ownKey = key.slice();
  const drawNonce = createNonceSource(random, PAGE_NONCE_BYTES);
  let scratch = new Uint8Array(0);
  let isDestroyed = false;

  /** Room for ciphertext | tag side by side, as the library wants them; kept, because pages have few sizes. */
  const scratchOf = (length: number): Uint8Array<ArrayBuffer> => {
    if (scratch.length < length) scratch = new Uint8Array(length);
    return scratch.subarray(0, length);
  };

  const check = (pageLength: number, recordLength: number): void => {
    if (isDestroyed) throw new Error('page cipher used after destroy');
    if (recordLength !== pageLength + PAGE_OVERHEAD_BYTES) throw new RangeError('page and record do not fit');
  };

  return {
    suiteId: PAGE_SUITES.xchacha20Poly1305,
    overhead: PAGE_OVERHEAD_BYTES,

    seal(page, associatedData, record) {
      check(page.length, record.length);
      const nonce = drawNonce();
      const sealed = scratchOf(page.length + PAGE_TAG_BYTES);
      xchacha20poly1305(ownKey, nonce, associatedData).encrypt(page, sealed);
      record.set(sealed.subarray(0, page.length));
      record.set(nonce, page.length);
      record.set(sealed.subarray(page.length), page.length + PAGE_NONCE_BYTES);
    },

    open(record, associatedData, page) {
      check(page.length, record.length);
      const sealed = scratchOf(page.length + PAGE_TAG_BYTES);
      sealed.set(record.subarray(0, page.length));
      sealed.set(record.subarray(page.length + PAGE_NONCE_BYTES), page.length);
      const nonce = record.subarray(page.length, page.length + PAGE_NONCE_BYTES);
      try {
        // Throws before it writes, so `page` stays untouched; lengths are checked above, so it throws for the tag only.
        xchacha20poly1305(ownKey, nonce, associatedData).decrypt(sealed, page);
        return true;
      } catch {
        return false;
      }
    },

    destroy() {
      isDestroyed = true;
      purge(ownKey, scratch);
    },
  };
};

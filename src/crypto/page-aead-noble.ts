import type { Cipher } from '@noble/ciphers/utils.js';
import { concatBytes } from './bytes.ts';
import { purge } from './keys.ts';
import { PAGE_NONCE_BYTES } from './page-cipher.ts';
import type { PageAead } from './page-cipher-aead.ts';
import type { PageSuiteId } from './suites.ts';

/** The library's ciphers are made for one key and nonce, and have ciphertext | tag side by side. */
export type MakeNobleCipher = (key: Uint8Array, nonce: Uint8Array, associatedData: Uint8Array) => Cipher;

export const createNobleAead = (suiteId: PageSuiteId, makeCipher: MakeNobleCipher): PageAead => ({
  suiteId,

  seal(key, nonce, associatedData, page, record) {
    const sealed = makeCipher(key, nonce, associatedData).encrypt(page);
    record.set(sealed.subarray(0, page.length));
    record.set(nonce, page.length);
    record.set(sealed.subarray(page.length), page.length + PAGE_NONCE_BYTES);
  },

  open(key, record, associatedData, page) {
    const nonce = record.subarray(page.length, page.length + PAGE_NONCE_BYTES);
    const sealed = concatBytes(record.subarray(0, page.length), record.subarray(page.length + PAGE_NONCE_BYTES));
    const plaintext = decrypt(makeCipher(key, nonce, associatedData), sealed);
    if (plaintext === undefined) return false;
    page.set(plaintext);
    purge(plaintext);
    return true;
  },

  wipe: () => undefined,
});

/** The lengths fit, so the library throws for the tag only. */
const decrypt = (cipher: Cipher, sealed: Uint8Array): Uint8Array | undefined => {
  try {
    return cipher.decrypt(sealed);
  } catch {
    return undefined;
  }
};

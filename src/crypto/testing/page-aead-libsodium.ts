import sodium from 'libsodium-wrappers';
import type { PageAead } from '../page-cipher-aead.ts';
import { PAGE_NONCE_BYTES } from '../page-cipher.ts';
import { PAGE_SUITES } from '../suites.ts';

/** Suite 1 by libsodium: another team's code, to compare with. Too heavy to ship. */
export const createLibsodiumAead = async (): Promise<PageAead> => {
  await sodium.ready;
  return {
    suiteId: PAGE_SUITES.xchacha20Poly1305,

    seal(key, nonce, associatedData, page, record) {
      const sealed = sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(page, associatedData, null, nonce, key);
      record.set(sealed.subarray(0, page.length));
      record.set(nonce, page.length);
      record.set(sealed.subarray(page.length), page.length + PAGE_NONCE_BYTES);
    },

    open(key, record, associatedData, page) {
      const nonce = record.subarray(page.length, page.length + PAGE_NONCE_BYTES);
      const [ciphertext, tag] = [record.subarray(0, page.length), record.subarray(page.length + PAGE_NONCE_BYTES)];
      try {
        page.set(
          sodium.crypto_aead_xchacha20poly1305_ietf_decrypt_detached(null, ciphertext, tag, associatedData, nonce, key),
        );
        return true;
      } catch {
        return false; // what it throws says the same
      }
    },

    wipe: () => undefined,
  };
};

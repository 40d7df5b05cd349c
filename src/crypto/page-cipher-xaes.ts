import { cmac, gcm } from '@noble/ciphers/aes.js';
import { concatBytes } from './bytes.ts';
import { purge } from './keys.ts';
import { createNobleAead, type MakeNobleCipher } from './page-aead-noble.ts';
import { PAGE_SUITES } from './suites.ts';

/** SP 800-108r1 in counter mode: the counter in 16 bits, the label "X", a zero, the first half of the nonce. */
const derivationBlock = (counter: number, nonce: Uint8Array): Uint8Array =>
  concatBytes(Uint8Array.of(0, counter, 0x58, 0), nonce.subarray(0, 12));

/** XAES-256-GCM (C2SP): AES-256-GCM under a key derived from half of the nonce by CMAC, with the other half as nonce. */
export const xaes256Gcm: MakeNobleCipher = (key, nonce, associatedData) => {
  const [first, second] = [cmac(key, derivationBlock(1, nonce)), cmac(key, derivationBlock(2, nonce))];
  const subkey = concatBytes(first, second);
  purge(first, second);
  const cipher = gcm(subkey, nonce.subarray(12), associatedData);
  const forgetting = (work: (bytes: Uint8Array) => Uint8Array) => (bytes: Uint8Array) => {
    try {
      return work(bytes);
    } finally {
      purge(subkey);
    }
  };
  return {
    encrypt: forgetting((page) => cipher.encrypt(page)),
    decrypt: forgetting((sealed) => cipher.decrypt(sealed)),
  };
};

/**
 * Suite 2. It is there so that the day on which suite 1 must go is a day like any other: nothing makes databases of this
 * suite by itself. Slow (no hardware AES is reached synchronously), and the library's AES looks up tables, so that it
 * does not keep to the rule that suite 1 keeps, of no address that depends on a secret.
 */
export const xaesAead = createNobleAead(PAGE_SUITES.xaes256Gcm, xaes256Gcm);

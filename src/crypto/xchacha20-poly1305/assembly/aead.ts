// XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) as its two steps: deriveSubkey, then the AEAD of RFC 8439 §2.8 under
// the derived key and nonce. Fixed places in memory (layout.ts), no allocation, no import, no table.
//
// Constant time: addresses and branches depend on lengths alone, and at the very end on whether the tag was right,
// which the caller tells the world anyway.
import { AD, AD_MAX, COMPUTED, DATA, IV, KEY, LENGTHS, MAC_KEY, NONCE, SECRETS_END, SUBKEY, TAG } from './layout';
import { hchacha20, nextBlock, startStream, STRIDE, xorStream } from './chacha20';
import { absorb, finish, startSum } from './poly1305';

export { AD, AD_MAX, DATA, IV, KEY, NONCE, SLACK, SUBKEY, TAG } from './layout';

/** KEY and NONCE to SUBKEY and IV: HChaCha20 over 16 bytes of the nonce; the other 8 go behind four zeros (§2.3). */
export function deriveSubkey(): void {
  hchacha20(KEY, NONCE, SUBKEY);
  store<u32>(IV, 0);
  store<u64>(IV, load<u64>(NONCE, 16), 4);
}

/** Encrypts DATA and writes TAG. Forgets every key. */
export function seal(length: usize, adLength: usize): void {
  begin(adLength);
  xorStream(DATA, length);
  authenticate(length, adLength, TAG);
  forget();
}

/** 1 and DATA decrypted, or 0 and DATA as it was. Forgets every key. */
export function open(length: usize, adLength: usize): u32 {
  begin(adLength);
  authenticate(length, adLength, COMPUTED);
  const difference = (load<u64>(COMPUTED, 0) ^ load<u64>(TAG, 0)) | (load<u64>(COMPUTED, 8) ^ load<u64>(TAG, 8));
  const isAuthentic = difference == 0;
  if (isAuthentic) {
    xorStream(DATA, length);
    clearAfter(DATA, length, STRIDE);
  }
  forget();
  return u32(isAuthentic);
}

/** Block 0 of the key stream is Poly1305's key; the data take the blocks from 1. */
function begin(adLength: usize): void {
  if (adLength > AD_MAX) unreachable();
  startStream(SUBKEY, IV);
  nextBlock(MAC_KEY);
  startSum();
  clearAfter(AD, adLength, 16);
  absorb(AD, adLength, MAC_KEY);
}

/** What stands in DATA is ciphertext, before or after. */
function authenticate(length: usize, adLength: usize, tag: usize): void {
  clearAfter(DATA, length, STRIDE);
  absorb(DATA, length, MAC_KEY);
  store<u64>(LENGTHS, adLength, 0);
  store<u64>(LENGTHS, length, 8);
  absorb(LENGTHS, 16, MAC_KEY);
  finish(MAC_KEY, tag);
}

/** Zeros up to the next whole `unit`: Poly1305's padding, and no key stream left behind the data. */
function clearAfter(start: usize, length: usize, unit: usize): void {
  memory.fill(start + length, 0, (0 - length) & (unit - 1));
}

function forget(): void {
  memory.fill(0, 0, TAG);
  memory.fill(TAG + 16, 0, SECRETS_END - (TAG + 16));
}

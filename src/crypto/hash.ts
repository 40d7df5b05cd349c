import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8, type Bytes } from './bytes.ts';
import type { HashLabel } from './labels.ts';

export const sha256 = async (bytes: Uint8Array): Promise<Bytes> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));

export const sha384 = async (bytes: Uint8Array): Promise<Bytes> =>
  new Uint8Array(await crypto.subtle.digest('SHA-384', bytes));

export const sha512 = async (bytes: Uint8Array): Promise<Bytes> =>
  new Uint8Array(await crypto.subtle.digest('SHA-512', bytes));

/** For short inputs inside pure functions; use `sha256` for anything long. */
export const sha256Sync = (bytes: Uint8Array): Bytes => nobleSha256(bytes).slice();

/** SHA-256(label | 0x00 | bytes), 32 bytes: the hash of one kind of thing never equals that of another kind. */
export const hashId = (label: HashLabel, bytes: Uint8Array): Bytes =>
  sha256Sync(concatBytes(utf8(label), Uint8Array.of(0), bytes));

/**
 * Key types. Rules:
 * - A key never travels as a bare `Uint8Array`: its brand says what it may do, and nothing else accepts it.
 * - Raw key bytes live as short as possible: import them as a non-extractable `CryptoKey`, then `purge` them.
 * - No key is written to IndexedDB, posted to a page, logged, or put into an error (docs/protocol/vault-header.md).
 */
import type { Brand } from '../domain/brand.ts';
import type { RandomBytes } from '../domain/ports.ts';
import type { Bytes } from './bytes.ts';

export const KEY_BYTES = 32;

/** R: opens every other key of a vault. */
export type RootKey = Brand<Bytes, 'RootKey'>;
/** Seals the pages of the database. */
export type PageKey = Brand<Bytes, 'PageKey'>;
/** Seals one generation of the write-ahead log; a new one at each reset. */
export type WalKey = Brand<Bytes, 'WalKey'>;
/** Wraps the random key of each attachment at rest. */
export type AttachmentKey = Brand<Bytes, 'AttachmentKey'>;
/** Wraps what a backup needs from this vault. */
export type BackupKey = Brand<Bytes, 'BackupKey'>;
/** Wraps this device's own signature, mailbox and HPKE private keys where they rest in the database. */
export type DeviceWrapKey = Brand<Bytes, 'DeviceWrapKey'>;

export type SymmetricKey = RootKey | PageKey | WalKey | AttachmentKey | BackupKey | DeviceWrapKey;

/**
 * Gives 32 bytes their name. Call it only where the bytes come from: a random source or an authenticated unsealing.
 * @throws RangeError if there are not exactly 32 bytes
 */
export const toKey = <Key extends SymmetricKey>(bytes: Bytes): Key => {
  if (bytes.length !== KEY_BYTES) throw new RangeError('a key has 32 bytes');
  return bytes as unknown as Key;
};

export const generateKey = <Key extends SymmetricKey>(random: RandomBytes): Key => toKey<Key>(random(KEY_BYTES));

/** Overwrites secrets with zeros. The engine may have made copies of its own: ending the worker is the real wipe. */
export const purge = (...secrets: readonly Uint8Array[]): void => {
  for (const secret of secrets) secret.fill(0);
};

/** AES-256-GCM for everything but database pages (page-cipher.ts). */
import type { Brand } from '../domain/brand.ts';
import type { RandomBytes } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { concatBytes, type Bytes } from './bytes.ts';
import { KEY_BYTES } from './keys.ts';
import { isSubtleRefusal } from './subtle-refusal.ts';

export const AES_GCM_NONCE_BYTES = 12;
export const AES_GCM_TAG_BYTES = 16;

/** Seals and opens bytes. Not extractable. */
export type AesKey = Brand<CryptoKey, 'AesKey'>;

/** It says nothing more on purpose: why a seal does not open is of use to an attacker only. */
export type NotAuthentic = { readonly tag: 'not-authentic' };
export const notAuthentic: NotAuthentic = { tag: 'not-authentic' };

/** The caller purges `raw`. @throws RangeError if it has not 32 bytes */
export const importAesKey = async (raw: Uint8Array): Promise<AesKey> => {
  if (raw.length !== KEY_BYTES) throw new RangeError('an AES-256 key has 32 bytes');
  return (await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt'])) as AesKey;
};

/**
 * nonce 12 | ciphertext | tag 16, under a fresh random nonce. At most 2^32 seals under one key (NIST SP 800-38D §8.3).
 */
export const sealAesGcm = async (
  random: RandomBytes,
  key: AesKey,
  plaintext: Uint8Array,
  associatedData: Uint8Array,
): Promise<Bytes> => {
  const nonce = random(AES_GCM_NONCE_BYTES);
  return concatBytes(nonce, await sealWithNonce(key, nonce, plaintext, associatedData));
};

export const openAesGcm = async (
  key: AesKey,
  sealed: Uint8Array,
  associatedData: Uint8Array,
): Promise<Result<Bytes, NotAuthentic>> =>
  openWithNonce(key, sealed.subarray(0, AES_GCM_NONCE_BYTES), sealed.subarray(AES_GCM_NONCE_BYTES), associatedData);

/**
 * ciphertext | tag 16. Only for protocols that derive the nonce themselves (MLS, HPKE, STREAM): one nonce used twice
 * under one key gives both plaintexts and the authentication key away.
 */
export const sealWithNonce = async (
  key: AesKey,
  nonce: Uint8Array,
  plaintext: Uint8Array,
  associatedData: Uint8Array,
): Promise<Bytes> => {
  if (nonce.length !== AES_GCM_NONCE_BYTES) throw new RangeError('a GCM nonce has 12 bytes');
  const parameters = { name: 'AES-GCM', iv: nonce, additionalData: associatedData };
  return new Uint8Array(await crypto.subtle.encrypt(parameters, key, plaintext));
};

export const openWithNonce = async (
  key: AesKey,
  nonce: Uint8Array,
  sealed: Uint8Array,
  associatedData: Uint8Array,
): Promise<Result<Bytes, NotAuthentic>> => {
  if (nonce.length !== AES_GCM_NONCE_BYTES || sealed.length < AES_GCM_TAG_BYTES) return err(notAuthentic);
  const parameters = { name: 'AES-GCM', iv: nonce, additionalData: associatedData };
  try {
    return ok(new Uint8Array(await crypto.subtle.decrypt(parameters, key, sealed)));
  } catch (error) {
    if (isSubtleRefusal(error)) return err(notAuthentic);
    throw error;
  }
};

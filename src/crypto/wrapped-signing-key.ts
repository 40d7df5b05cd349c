/**
 * A private signature key at rest: its PKCS #8 form under AES-256-GCM, as nonce 12 | ciphertext 185 | tag 16. It is
 * unwrapped *as* a non-extractable key, so after creation its bytes never stand in JavaScript memory again.
 */
import type { Brand } from '../domain/brand.ts';
import type { RandomBytes } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { AES_GCM_NONCE_BYTES, notAuthentic, type NotAuthentic } from './aes-gcm.ts';
import { concatBytes, type Bytes } from './bytes.ts';
import type { SignatureKeyPair, SigningKey } from './ecdsa-p384.ts';
import { KEY_BYTES, purge } from './keys.ts';
import { scalarToPkcs8 } from './p384.ts';
import { isSubtleRefusal } from './subtle-refusal.ts';

export const WRAPPED_SIGNING_KEY_BYTES = 213;

/** May encrypt and unwrap, but not decrypt: what it opens stays inside the engine. Not extractable. */
export type WrappingKey = Brand<CryptoKey, 'WrappingKey'>;

/** The caller purges `raw`. @throws RangeError if it has not 32 bytes */
export const importWrappingKey = async (raw: Uint8Array): Promise<WrappingKey> => {
  if (raw.length !== KEY_BYTES) throw new RangeError('an AES-256 key has 32 bytes');
  return (await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'unwrapKey'])) as WrappingKey;
};

export const wrapSigningKey = async (
  random: RandomBytes,
  key: WrappingKey,
  pair: SignatureKeyPair,
  associatedData: Uint8Array,
): Promise<Bytes> => {
  const nonce = random(AES_GCM_NONCE_BYTES);
  const pkcs8 = scalarToPkcs8(pair.secretKey, pair.publicKey);
  const parameters = { name: 'AES-GCM', iv: nonce, additionalData: associatedData };
  const ciphertext = new Uint8Array(await crypto.subtle.encrypt(parameters, key, pkcs8));
  purge(pkcs8);
  return concatBytes(nonce, ciphertext);
};

export const unwrapSigningKey = async (
  key: WrappingKey,
  wrapped: Uint8Array,
  associatedData: Uint8Array,
): Promise<Result<SigningKey, NotAuthentic>> => {
  if (wrapped.length !== WRAPPED_SIGNING_KEY_BYTES) return err(notAuthentic);
  try {
    const signingKey = await crypto.subtle.unwrapKey(
      'pkcs8',
      wrapped.subarray(AES_GCM_NONCE_BYTES),
      key,
      { name: 'AES-GCM', iv: wrapped.subarray(0, AES_GCM_NONCE_BYTES), additionalData: associatedData },
      { name: 'ECDSA', namedCurve: 'P-384' },
      false,
      ['sign'],
    );
    return ok(signingKey as SigningKey);
  } catch (error) {
    if (isSubtleRefusal(error)) return err(notAuthentic);
    throw error;
  }
};

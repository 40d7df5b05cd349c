/** ECDSA P-384 with SHA-384; signatures are r | s, 96 bytes (IEEE P1363), public keys uncompressed points, 97 bytes. */
import type { Brand } from '../domain/brand.ts';
import type { RandomBytes } from '../domain/ports.ts';
import { concatBytes, utf8, type Bytes } from './bytes.ts';
import type { SignatureLabel } from './labels.ts';
import { purge } from './keys.ts';
import { drawScalar, isUncompressedPoint, scalarToPkcs8, scalarToPoint } from './p384.ts';
import { isSubtleRefusal } from './subtle-refusal.ts';

export const SIGNATURE_BYTES = 96;

/** The scalar, 48 bytes. Import it, wrap it or seal it, then purge it. */
export type SignatureSecretKey = Brand<Bytes, 'SignatureSecretKey'>;
export type SignatureKeyPair = { readonly secretKey: SignatureSecretKey; readonly publicKey: Bytes };
/** Signs and cannot be read. */
export type SigningKey = Brand<CryptoKey, 'SigningKey'>;
export type VerificationKey = Brand<CryptoKey, 'VerificationKey'>;

const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-384' };
const SIGN_ALGORITHM = { name: 'ECDSA', hash: 'SHA-384' };

export const generateSignatureKeyPair = (random: RandomBytes): SignatureKeyPair => {
  const secretKey = drawScalar(random) as unknown as SignatureSecretKey;
  return { secretKey, publicKey: scalarToPoint(secretKey) };
};

export const importSigningKey = async (pair: SignatureKeyPair): Promise<SigningKey> => {
  const pkcs8 = scalarToPkcs8(pair.secretKey, pair.publicKey);
  const key = await crypto.subtle.importKey('pkcs8', pkcs8, KEY_ALGORITHM, false, ['sign']);
  purge(pkcs8);
  return key as SigningKey;
};

/** Signs `content` as a thing of the kind that `label` names. */
export const sign = (key: SigningKey, label: SignatureLabel, content: Uint8Array): Promise<Bytes> =>
  signBytes(key, labelledContent(label, content));

/** False, never a throw, for a bad point, a bad length or a wrong signature. */
export const verify = (
  publicKey: Uint8Array,
  label: SignatureLabel,
  content: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> => verifyBytes(publicKey, labelledContent(label, content), signature);

/** Without a label of ours: only for MLS, which writes its own ("MLS 1.0 ", RFC 9420 §5.1.2). */
export const signBytes = async (key: SigningKey, message: Uint8Array): Promise<Bytes> =>
  new Uint8Array(await crypto.subtle.sign(SIGN_ALGORITHM, key, message));

/** Without a label of ours: only for MLS. False, never a throw, for a bad point, a bad length or a wrong signature. */
export const verifyBytes = async (
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> => {
  const key = await importVerificationKey(publicKey);
  return key !== undefined && verifyWithKey(key, message, signature);
};

/** `undefined` where the bytes are not a point of the curve. For callers that verify many signatures of one key. */
export const importVerificationKey = async (publicKey: Uint8Array): Promise<VerificationKey | undefined> => {
  if (!isUncompressedPoint(publicKey)) return undefined;
  try {
    return (await crypto.subtle.importKey('raw', publicKey, KEY_ALGORITHM, false, ['verify'])) as VerificationKey;
  } catch (error) {
    if (isSubtleRefusal(error)) return undefined;
    throw error;
  }
};

/** Like `verifyBytes`. */
export const verifyWithKey = async (
  key: VerificationKey,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> =>
  signature.length === SIGNATURE_BYTES && (await crypto.subtle.verify(SIGN_ALGORITHM, key, signature, message));

/**
 * struct { opaque label<V>; opaque content<V>; } in the presentation language of RFC 9420 §2.1.2. No label of ours
 * begins with "MLS 1.0 ", so no MLS signature is one of ours, nor the reverse, even under one key.
 */
export const labelledContent = (label: SignatureLabel, content: Uint8Array): Bytes => {
  const labelBytes = utf8(label);
  return concatBytes(vectorLength(labelBytes.length), labelBytes, vectorLength(content.length), content);
};

/** Variable-length integer of 1, 2 or 4 bytes; the two highest bits say which. */
const vectorLength = (length: number): Bytes => {
  if (length < 0x40) return Uint8Array.of(length);
  if (length < 0x4000) return Uint8Array.of(0x40 | (length >>> 8), length & 0xff);
  if (length < 0x4000_0000) {
    return Uint8Array.of(0x80 | (length >>> 24), (length >>> 16) & 0xff, (length >>> 8) & 0xff, length & 0xff);
  }
  throw new RangeError('content too long to sign');
};

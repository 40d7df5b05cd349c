/**
 * What ECDSA and ECDH on P-384 share: drawing a scalar, its public point, and the form in which every engine takes a
 * private key. WebCrypto does the rest; the one step left to JavaScript is scalar to point, because Firefox imports no
 * private key without its point.
 */
import { p384 } from '@noble/curves/nist.js';
import type { RandomBytes } from '../domain/ports.ts';
import { concatBytes, type Bytes } from './bytes.ts';

export const P384_SCALAR_BYTES = 48;
/** 0x04 | x 48 | y 48. Compressed points are refused: one key must have one encoding. */
export const P384_POINT_BYTES = 97;

/** Rejection sampling: a uniform draw from 1 to n - 1 (FIPS 186-5 A.2.2). One draw in 2^190 is out of range. */
export const drawScalar = (random: RandomBytes): Bytes => {
  for (let attempt = 0; attempt < 8; attempt += 1) {
    const candidate = random(P384_SCALAR_BYTES);
    if (isScalar(candidate)) return candidate;
  }
  throw new Error('the random source is broken');
};

/** Half as much again as a scalar, so that the reduction has no bias to speak of. */
export const SCALAR_SEED_BYTES = 72;

/**
 * A scalar from uniformly random bytes, always the same one (FIPS 186-5 A.2.1).
 * @throws RangeError if there are not exactly 72
 */
export const seedToScalar = (seed: Uint8Array): Bytes => {
  if (seed.length !== SCALAR_SEED_BYTES) throw new RangeError('a scalar is made of 72 bytes');
  return p384.utils.randomSecretKey(seed).slice();
};

/** From 1 to n - 1, big-endian, exactly 48 bytes. */
export const isScalar = (bytes: Uint8Array): boolean =>
  bytes.length === P384_SCALAR_BYTES && p384.utils.isValidSecretKey(bytes);

/** @throws if the scalar is out of range */
export const scalarToPoint = (scalar: Uint8Array): Bytes => p384.getPublicKey(scalar, false).slice();

/** Shape only; whether it lies on the curve is checked by the engine at import. */
export const isUncompressedPoint = (bytes: Uint8Array): boolean =>
  bytes.length === P384_POINT_BYTES && bytes[0] === 0x04;

/**
 * PKCS #8 (RFC 5958, RFC 5915) with the public point, 185 bytes. Chosen over JWK because bytes can be purged and
 * strings cannot. The caller purges it.
 */
export const scalarToPkcs8 = (scalar: Uint8Array, point: Uint8Array): Bytes => {
  if (scalar.length !== P384_SCALAR_BYTES || !isUncompressedPoint(point)) throw new RangeError('not a P-384 key pair');
  return concatBytes(PKCS8_BEFORE_SCALAR, scalar, PKCS8_BEFORE_POINT, point);
};

// SEQUENCE { INTEGER 0, SEQUENCE { id-ecPublicKey, secp384r1 }, OCTET STRING { SEQUENCE { INTEGER 1, OCTET STRING (48)
const PKCS8_BEFORE_SCALAR = Uint8Array.of(
  ...[0x30, 0x81, 0xb6, 0x02, 0x01, 0x00, 0x30, 0x10],
  ...[0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22],
  ...[0x04, 0x81, 0x9e, 0x30, 0x81, 0x9b, 0x02, 0x01, 0x01, 0x04, 0x30],
);
// [1] { BIT STRING (97 bytes, no unused bits) } } }
const PKCS8_BEFORE_POINT = Uint8Array.of(0xa1, 0x64, 0x03, 0x62, 0x00);

import type { Brand } from '../domain/brand.ts';
import type { RandomBytes } from '../domain/ports.ts';
import type { Bytes } from './bytes.ts';
import { purge } from './keys.ts';
import { drawScalar, isUncompressedPoint, scalarToPkcs8, scalarToPoint } from './p384.ts';
import { isSubtleRefusal } from './subtle-refusal.ts';

/** The scalar, 48 bytes. */
export type EcdhSecretKey = Brand<Bytes, 'EcdhSecretKey'>;
export type EcdhKeyPair = { readonly secretKey: EcdhSecretKey; readonly publicKey: Bytes };
/** A private key that cannot be read, with its public point. */
export type EcdhPrivateKey = { readonly handle: CryptoKey; readonly publicKey: Bytes };

const ALGORITHM = { name: 'ECDH', namedCurve: 'P-384' };
const SHARED_SECRET_BITS = 384;

export const generateEcdhKeyPair = (random: RandomBytes): EcdhKeyPair =>
  toEcdhKeyPair(drawScalar(random) as unknown as EcdhSecretKey);

/** @throws if the scalar is out of range */
export const toEcdhKeyPair = (secretKey: EcdhSecretKey): EcdhKeyPair => ({
  secretKey,
  publicKey: scalarToPoint(secretKey),
});

/** The pair must be authentic: Firefox does not check that the two halves fit. */
export const importEcdhPrivateKey = async (pair: EcdhKeyPair): Promise<EcdhPrivateKey> => {
  const pkcs8 = scalarToPkcs8(pair.secretKey, pair.publicKey);
  const handle = await crypto.subtle.importKey('pkcs8', pkcs8, ALGORITHM, false, ['deriveBits']);
  purge(pkcs8);
  return { handle, publicKey: pair.publicKey };
};

/** The x coordinate, 48 bytes; `undefined` where the peer's bytes are not a point of the curve. */
export const ecdh = async (key: EcdhPrivateKey, peerPublicKey: Uint8Array): Promise<Bytes | undefined> => {
  if (!isUncompressedPoint(peerPublicKey)) return undefined;
  try {
    const peer = await crypto.subtle.importKey('raw', peerPublicKey, ALGORITHM, false, []);
    const shared = await crypto.subtle.deriveBits({ name: 'ECDH', public: peer }, key.handle, SHARED_SECRET_BITS);
    return new Uint8Array(shared);
  } catch (error) {
    if (isSubtleRefusal(error)) return undefined;
    throw error;
  }
};

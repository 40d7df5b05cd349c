/**
 * HPKE as ts-mls asks for it, over src/crypto. A private key is carried as scalar 48 | point 97, because importing a
 * scalar alone would cost a curve multiplication each time, and because the point is what a path must be compared with.
 */
import type { Hpke, PrivateKey, PublicKey } from 'ts-mls/crypto/hpke.js';
import type { RandomBytes } from '../../domain/ports.ts';
import { importAesKey, openWithNonce, sealWithNonce } from '../../crypto/aes-gcm.ts';
import { concatBytes, type Bytes } from '../../crypto/bytes.ts';
import {
  generateEcdhKeyPair,
  importEcdhPrivateKey,
  toEcdhKeyPair,
  type EcdhKeyPair,
  type EcdhSecretKey,
} from '../../crypto/ecdh-p384.ts';
import { hpkeDeriveKeyPair, hpkeExport, hpkeImport, hpkeOpen, hpkeSeal } from '../../crypto/hpke.ts';
import { P384_POINT_BYTES, P384_SCALAR_BYTES } from '../../crypto/p384.ts';
import { refuse } from './refusal.ts';

export const PRIVATE_KEY_BYTES = P384_SCALAR_BYTES + P384_POINT_BYTES;
const NOTHING = new Uint8Array(0);

/** The public half of an exported private key. */
export const publicHalf = (privateKey: Uint8Array): Uint8Array => privateKey.subarray(P384_SCALAR_BYTES);

/** ts-mls passes its key types through without looking into them, so ours may stand in their place. */
const toPublicKey = (point: Bytes): PublicKey => point as unknown as PublicKey;
const toPrivateKey = (pair: EcdhKeyPair): PrivateKey => pair as unknown as PrivateKey;
const pointOf = (key: PublicKey): Bytes => key as unknown as Bytes;
const pairOf = (key: PrivateKey): EcdhKeyPair => key as unknown as EcdhKeyPair;

export const createHpke = (random: RandomBytes): Hpke => ({
  keyLength: 32,
  nonceLength: 12,

  async seal(publicKey, plaintext, info, associatedData = NOTHING) {
    const sealed = await hpkeSeal(random, pointOf(publicKey), info, associatedData, plaintext);
    if (!sealed.ok) return refuse('not a public key');
    return { enc: sealed.value.enc, ct: sealed.value.ciphertext };
  },

  async open(privateKey, enc, ciphertext, info, associatedData = NOTHING) {
    const recipient = await importEcdhPrivateKey(pairOf(privateKey));
    const opened = await hpkeOpen(recipient, { enc, ciphertext }, info, associatedData);
    return opened.ok ? opened.value : refuse('does not open');
  },

  async exportSecret(publicKey, exporterContext, length, info) {
    const exported = await hpkeExport(random, pointOf(publicKey), info, exporterContext, length);
    return exported.ok ? exported.value : refuse('not a public key');
  },

  async importSecret(privateKey, exporterContext, enc, length, info) {
    const recipient = await importEcdhPrivateKey(pairOf(privateKey));
    const imported = await hpkeImport(recipient, enc, info, exporterContext, length);
    return imported.ok ? imported.value : refuse('not a public key');
  },

  /** A bare scalar too: test vectors have no point. */
  importPrivateKey: async (bytes) => {
    if (bytes.length === P384_SCALAR_BYTES)
      return toPrivateKey(toEcdhKeyPair(bytes.slice() as unknown as EcdhSecretKey));
    if (bytes.length !== PRIVATE_KEY_BYTES) return refuse('not a private key');
    const secretKey = bytes.slice(0, P384_SCALAR_BYTES) as unknown as EcdhSecretKey;
    return toPrivateKey({ secretKey, publicKey: publicHalf(bytes).slice() });
  },
  importPublicKey: async (bytes) => toPublicKey(bytes.slice()),
  exportPublicKey: async (key) => pointOf(key),
  exportPrivateKey: async (key) => concatBytes(pairOf(key).secretKey, pairOf(key).publicKey),

  async deriveKeyPair(inputKey) {
    const pair = await hpkeDeriveKeyPair(inputKey);
    return { privateKey: toPrivateKey(pair), publicKey: toPublicKey(pair.publicKey) };
  },
  generateKeyPair: async () => {
    const pair = generateEcdhKeyPair(random);
    return { privateKey: toPrivateKey(pair), publicKey: toPublicKey(pair.publicKey) };
  },

  encryptAead: async (key, nonce, associatedData = NOTHING, plaintext) =>
    sealWithNonce(await importAesKey(key), nonce, plaintext, associatedData),
  async decryptAead(key, nonce, associatedData = NOTHING, ciphertext) {
    const opened = await openWithNonce(await importAesKey(key), nonce, ciphertext, associatedData);
    return opened.ok ? opened.value : refuse('does not open');
  },
});

/**
 * HPKE (RFC 9180), base mode, single shot: DHKEM(P-384, HKDF-SHA384), HKDF-SHA384, AES-256-GCM. Names in comments are
 * the RFC's. The curve has prime order, so a point that is on the curve gives no shared secret at infinity (§7.1.4).
 */
import type { RandomBytes } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { importAesKey, notAuthentic, openWithNonce, sealWithNonce, type AesKey, type NotAuthentic } from './aes-gcm.ts';
import { concatBytes, uint16Bytes, utf8, type Bytes } from './bytes.ts';
import {
  ecdh,
  generateEcdhKeyPair,
  importEcdhPrivateKey,
  toEcdhKeyPair,
  type EcdhKeyPair,
  type EcdhPrivateKey,
  type EcdhSecretKey,
} from './ecdh-p384.ts';
import { HKDF_HASH_BYTES, hkdfExpand, hkdfExtract } from './hkdf.ts';
import { purge } from './keys.ts';
import { isScalar, P384_SCALAR_BYTES } from './p384.ts';
import { HPKE_SUITE } from './suites.ts';

/** `enc` is the sender's ephemeral point, 97 bytes; `ciphertext` ends with a tag of 16. */
export type HpkeSealed = { readonly enc: Bytes; readonly ciphertext: Bytes };
export type InvalidPublicKey = { readonly tag: 'invalid-public-key' };

const invalidPublicKey: InvalidPublicKey = { tag: 'invalid-public-key' };
const EMPTY = new Uint8Array(0);
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const MODE_BASE = 0x00;
const KEM_SUITE_ID = concatBytes(utf8('KEM'), uint16Bytes(HPKE_SUITE.kem));
const HPKE_SUITE_ID = concatBytes(
  utf8('HPKE'),
  uint16Bytes(HPKE_SUITE.kem),
  uint16Bytes(HPKE_SUITE.kdf),
  uint16Bytes(HPKE_SUITE.aead),
);

export const hpkeSeal = async (
  random: RandomBytes,
  recipientPublicKey: Uint8Array,
  info: Uint8Array,
  associatedData: Uint8Array,
  plaintext: Uint8Array,
): Promise<Result<HpkeSealed, InvalidPublicKey>> => {
  const encapsulated = await encapsulate(random, recipientPublicKey);
  if (!encapsulated) return err(invalidPublicKey);
  const context = await keySchedule(encapsulated.sharedSecret, info);
  const ciphertext = await sealWithNonce(context.key, context.baseNonce, plaintext, associatedData);
  purge(context.exporterSecret);
  return ok({ enc: encapsulated.enc, ciphertext });
};

export const hpkeOpen = async (
  recipient: EcdhPrivateKey,
  sealed: { readonly enc: Uint8Array; readonly ciphertext: Uint8Array },
  info: Uint8Array,
  associatedData: Uint8Array,
): Promise<Result<Bytes, NotAuthentic>> => {
  const sharedSecret = await decapsulate(recipient, sealed.enc);
  if (!sharedSecret) return err(notAuthentic);
  const context = await keySchedule(sharedSecret, info);
  purge(context.exporterSecret);
  return openWithNonce(context.key, context.baseNonce, sealed.ciphertext, associatedData);
};

/** A secret for the recipient without a message (§5.3): what MLS external initialisation asks for. */
export const hpkeExport = async (
  random: RandomBytes,
  recipientPublicKey: Uint8Array,
  info: Uint8Array,
  exporterContext: Uint8Array,
  length: number,
): Promise<Result<{ readonly enc: Bytes; readonly secret: Bytes }, InvalidPublicKey>> => {
  const encapsulated = await encapsulate(random, recipientPublicKey);
  if (!encapsulated) return err(invalidPublicKey);
  const { exporterSecret } = await keySchedule(encapsulated.sharedSecret, info);
  const secret = await labeledExpand(HPKE_SUITE_ID, exporterSecret, 'sec', exporterContext, length);
  purge(exporterSecret);
  return ok({ enc: encapsulated.enc, secret });
};

/** The recipient's side of `hpkeExport`. */
export const hpkeImport = async (
  recipient: EcdhPrivateKey,
  enc: Uint8Array,
  info: Uint8Array,
  exporterContext: Uint8Array,
  length: number,
): Promise<Result<Bytes, InvalidPublicKey>> => {
  const sharedSecret = await decapsulate(recipient, enc);
  if (!sharedSecret) return err(invalidPublicKey);
  const { exporterSecret } = await keySchedule(sharedSecret, info);
  const secret = await labeledExpand(HPKE_SUITE_ID, exporterSecret, 'sec', exporterContext, length);
  purge(exporterSecret);
  return ok(secret);
};

/** DeriveKeyPair (§7.1.3). `inputKey` should hold at least 48 secret bytes. */
export const hpkeDeriveKeyPair = async (inputKey: Uint8Array): Promise<EcdhKeyPair> => {
  const pseudorandomKey = await labeledExtract(KEM_SUITE_ID, EMPTY, 'dkp_prk', inputKey);
  for (let counter = 0; counter < 256; counter += 1) {
    const info = Uint8Array.of(counter);
    const candidate = await labeledExpand(KEM_SUITE_ID, pseudorandomKey, 'candidate', info, P384_SCALAR_BYTES);
    if (isScalar(candidate)) {
      purge(pseudorandomKey);
      return toEcdhKeyPair(candidate as unknown as EcdhSecretKey);
    }
  }
  throw new Error('DeriveKeyPairError: one input in 2^48000 comes here');
};

const encapsulate = async (
  random: RandomBytes,
  recipientPublicKey: Uint8Array,
): Promise<{ readonly enc: Bytes; readonly sharedSecret: Bytes } | undefined> => {
  const ephemeral = generateEcdhKeyPair(random);
  const dh = await ecdh(await importEcdhPrivateKey(ephemeral), recipientPublicKey);
  purge(ephemeral.secretKey);
  if (!dh) return undefined;
  return {
    enc: ephemeral.publicKey,
    sharedSecret: await extractAndExpand(dh, concatBytes(ephemeral.publicKey, recipientPublicKey)),
  };
};

const decapsulate = async (recipient: EcdhPrivateKey, enc: Uint8Array): Promise<Bytes | undefined> => {
  const dh = await ecdh(recipient, enc);
  return dh && extractAndExpand(dh, concatBytes(enc, recipient.publicKey));
};

/** ExtractAndExpand (§4.1). Purges `dh`. */
const extractAndExpand = async (dh: Bytes, kemContext: Uint8Array): Promise<Bytes> => {
  const pseudorandomKey = await labeledExtract(KEM_SUITE_ID, EMPTY, 'eae_prk', dh);
  const sharedSecret = await labeledExpand(KEM_SUITE_ID, pseudorandomKey, 'shared_secret', kemContext, HKDF_HASH_BYTES);
  purge(dh, pseudorandomKey);
  return sharedSecret;
};

type HpkeContext = { readonly key: AesKey; readonly baseNonce: Bytes; readonly exporterSecret: Bytes };

/** KeySchedule (§5.1) of base mode: no pre-shared key. Purges `sharedSecret`. */
const keySchedule = async (sharedSecret: Bytes, info: Uint8Array): Promise<HpkeContext> => {
  const pskIdHash = await labeledExtract(HPKE_SUITE_ID, EMPTY, 'psk_id_hash', EMPTY);
  const infoHash = await labeledExtract(HPKE_SUITE_ID, EMPTY, 'info_hash', info);
  const scheduleContext = concatBytes(Uint8Array.of(MODE_BASE), pskIdHash, infoHash);
  const secret = await labeledExtract(HPKE_SUITE_ID, sharedSecret, 'secret', EMPTY);
  const rawKey = await labeledExpand(HPKE_SUITE_ID, secret, 'key', scheduleContext, KEY_BYTES);
  const context = {
    key: await importAesKey(rawKey),
    baseNonce: await labeledExpand(HPKE_SUITE_ID, secret, 'base_nonce', scheduleContext, NONCE_BYTES),
    exporterSecret: await labeledExpand(HPKE_SUITE_ID, secret, 'exp', scheduleContext, HKDF_HASH_BYTES),
  };
  purge(sharedSecret, secret, rawKey);
  return context;
};

/** LabeledExtract (§4). */
const labeledExtract = async (
  suiteId: Uint8Array,
  salt: Uint8Array,
  label: string,
  inputKey: Uint8Array,
): Promise<Bytes> => {
  const labeled = concatBytes(utf8('HPKE-v1'), suiteId, utf8(label), inputKey);
  const extracted = await hkdfExtract(salt, labeled);
  purge(labeled);
  return extracted;
};

/** LabeledExpand (§4). */
const labeledExpand = (
  suiteId: Uint8Array,
  pseudorandomKey: Uint8Array,
  label: string,
  info: Uint8Array,
  length: number,
): Promise<Bytes> =>
  hkdfExpand(pseudorandomKey, concatBytes(uint16Bytes(length), utf8('HPKE-v1'), suiteId, utf8(label), info), length);

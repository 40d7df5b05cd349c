/** HKDF-SHA-384 (RFC 5869). Extract and expand stand apart because HPKE and MLS use each alone. */
import type { Brand } from '../domain/brand.ts';
import type { CborValue } from '../wire/cbor.ts';
import { concatBytes, type Bytes } from './bytes.ts';
import { hmacSha384 } from './hmac.ts';
import { purge } from './keys.ts';
import { labelInfo, type ExporterLabel, type KdfLabel } from './labels.ts';

export const HKDF_HASH_BYTES = 48;
const MAX_OUTPUT_BYTES = 255 * HKDF_HASH_BYTES;

/** The pseudorandom key, 48 bytes. An empty salt is 48 zero bytes. */
export const hkdfExtract = (salt: Uint8Array, inputKey: Uint8Array): Promise<Bytes> => hmacSha384(salt, inputKey);

/** @throws RangeError above 255 * 48 bytes */
export const hkdfExpand = async (pseudorandomKey: Uint8Array, info: Uint8Array, length: number): Promise<Bytes> => {
  if (length > MAX_OUTPUT_BYTES) throw new RangeError('HKDF output is limited to 255 hashes');
  const output = new Uint8Array(length);
  let block: Bytes = new Uint8Array(0);
  for (let counter = 1, offset = 0; offset < length; counter += 1, offset += HKDF_HASH_BYTES) {
    block = await hmacSha384(pseudorandomKey, concatBytes(block, info, Uint8Array.of(counter)));
    output.set(block.subarray(0, length - offset), offset);
  }
  purge(block);
  return output;
};

/** Extract without salt, then expand with `labelInfo(label, context)`: how every key of ours is derived. */
export const deriveBytes = async (
  secret: Uint8Array,
  label: KdfLabel | ExporterLabel,
  context: readonly CborValue[],
  length: number,
): Promise<Bytes> => {
  const pseudorandomKey = await hkdfExtract(new Uint8Array(0), secret);
  const derived = await hkdfExpand(pseudorandomKey, labelInfo(label, context), length);
  purge(pseudorandomKey);
  return derived;
};

/** A secret from which keys are derived and which cannot be read: it may be posted from one worker to another. */
export type DerivationKey = Brand<CryptoKey, 'DerivationKey'>;

/** The caller purges `secret`. */
export const importDerivationKey = async (secret: Uint8Array): Promise<DerivationKey> =>
  (await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits'])) as DerivationKey;

/** What `deriveBytes` gives for the secret behind `key`. */
export const deriveBytesFromKey = async (
  key: DerivationKey,
  label: KdfLabel,
  context: readonly CborValue[],
  length: number,
): Promise<Bytes> => {
  const parameters = { name: 'HKDF', hash: 'SHA-384', salt: new Uint8Array(0), info: labelInfo(label, context) };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, length * 8));
};

/**
 * MLS writes ECDSA signatures in DER (RFC 9420 §5.1.2 by way of TLS 1.3), WebCrypto in r | s. Only the one shortest DER
 * form is read: two encodings of one signature must never both be valid.
 */
import { concatBytes, equalBytes, type Bytes } from '../../crypto/bytes.ts';

const HALF_BYTES = 48;
const SEQUENCE = 0x30;
const INTEGER = 0x02;

/** SEQUENCE { INTEGER r, INTEGER s }; at most 104 bytes, so every length fits in one byte. */
export const rawToDer = (raw: Uint8Array): Bytes => {
  const content = concatBytes(toInteger(raw.subarray(0, HALF_BYTES)), toInteger(raw.subarray(HALF_BYTES)));
  return concatBytes(Uint8Array.of(SEQUENCE, content.length), content);
};

/** `undefined` where the bytes are not what `rawToDer` writes. */
export const derToRaw = (der: Uint8Array): Bytes | undefined => {
  const first = readInteger(der, 2);
  const second = first && readInteger(der, first.end);
  if (first === undefined || second === undefined) return undefined;
  const raw = concatBytes(first.value, second.value);
  return equalBytes(rawToDer(raw), der) ? raw : undefined;
};

/** Without leading zeros, but one where the number would read as negative. */
const toInteger = (half: Uint8Array): Bytes => {
  const start = half.findIndex((byte) => byte !== 0);
  const digits = start === -1 ? Uint8Array.of(0) : half.subarray(start);
  const sign = (digits[0] ?? 0) >= 0x80 ? Uint8Array.of(0) : new Uint8Array(0);
  return concatBytes(Uint8Array.of(INTEGER, sign.length + digits.length), sign, digits);
};

const readInteger = (der: Uint8Array, offset: number): { readonly value: Bytes; readonly end: number } | undefined => {
  const length = der[offset + 1] ?? 0;
  const end = offset + 2 + length;
  const digits = der.subarray(offset + 2, end);
  const significant = digits[0] === 0 ? digits.subarray(1) : digits;
  if (digits.length !== length || significant.length > HALF_BYTES) return undefined;
  const value = new Uint8Array(HALF_BYTES);
  value.set(significant, HALF_BYTES - significant.length);
  return { value, end };
};

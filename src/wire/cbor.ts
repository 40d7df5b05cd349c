import { decode, encode, rfc8949EncodeOptions } from 'cborg';
import { err, ok, type Result } from '../domain/result.ts';

/** What our formats use of CBOR: no floats, tags, `null` or indefinite lengths. Structs are maps with integer keys. */
export type CborValue =
  number | boolean | string | Uint8Array | readonly CborValue[] | ReadonlyMap<number | string, CborValue>;

export type Malformed = { readonly tag: 'malformed'; readonly detail: string };

const DECODE_OPTIONS = {
  allowIndefinite: false,
  allowUndefined: false,
  allowInfinity: false,
  allowNaN: false,
  allowBigInt: false,
  rejectDuplicateMapKeys: true,
  strict: true,
  useMaps: true,
} as const;

/** Deterministic encoding, RFC 8949 §4.2: shortest integers, keys in bytewise order. */
export const encodeCbor = (value: CborValue): Uint8Array<ArrayBuffer> => {
  const encoded = encode(value, rfc8949EncodeOptions);
  // In Node cborg answers with a Buffer, a view on a larger pool; callers hash, transfer and keep these bytes.
  return new Uint8Array(encoded);
};

/** Accepts only what `encodeCbor` would have written: two encodings of one value must never both be valid. */
export const decodeCbor = (bytes: Uint8Array): Result<CborValue, Malformed> => {
  try {
    const value: unknown = decode(bytes, DECODE_OPTIONS);
    if (!isOurs(value)) return err({ tag: 'malformed', detail: 'a float or null' });
    return isSame(encodeCbor(value), bytes) ? ok(value) : err({ tag: 'malformed', detail: 'not deterministic CBOR' });
  } catch (error) {
    return err({ tag: 'malformed', detail: error instanceof Error ? error.message : 'not CBOR' });
  }
};

const isOurs = (value: unknown): value is CborValue => {
  if (typeof value === 'number') return Number.isSafeInteger(value);
  if (Array.isArray(value)) return value.every(isOurs);
  if (value instanceof Map) return [...value].every(([key, member]) => isOurs(key) && isOurs(member));
  return value instanceof Uint8Array || typeof value === 'string' || typeof value === 'boolean';
};

const isSame = (left: Uint8Array, right: Uint8Array): boolean =>
  left.length === right.length && left.every((byte, index) => byte === right[index]);

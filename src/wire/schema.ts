/**
 * Schemas of everything that crosses the wire or is signed. A schema turns a typed value into CBOR and checks the way
 * back: sizes, counts, ranges and unknown fields are refused here, once, so that no room above parses bytes.
 */
import { bytesToHex, hexToBytes } from '../domain/ids.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { decodeCbor, encodeCbor, type CborValue, type Malformed } from './cbor.ts';

export interface Schema<T> {
  /** Canonical text of the shape; the protocol's schema hash is taken over it (protocol-version.ts). */
  readonly shape: string;
  readonly toCbor: (value: T) => CborValue;
  /** @throws MalformedError */
  readonly fromCbor: (value: CborValue) => T;
}

export type Infer<S> = S extends Schema<infer T> ? T : never;

class MalformedError extends Error {}

const refuse = (detail: string): never => {
  throw new MalformedError(detail);
};

export const encodeWith = <T>(schema: Schema<T>, value: T): Uint8Array<ArrayBuffer> => encodeCbor(schema.toCbor(value));

export const decodeWith = <T>(schema: Schema<T>, bytes: Uint8Array): Result<T, Malformed> => {
  const decoded = decodeCbor(bytes);
  if (!decoded.ok) return decoded;
  try {
    return ok(schema.fromCbor(decoded.value));
  } catch (error) {
    if (error instanceof MalformedError) return err({ tag: 'malformed', detail: error.message });
    throw error;
  }
};

/** Unsigned integer from 0 to `max`, at most 2^53 - 1. */
export const uint = (max: number = Number.MAX_SAFE_INTEGER): Schema<number> => ({
  shape: `uint(${max})`,
  toCbor: (value) => value,
  fromCbor: (value) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= max
      ? value
      : refuse(`not uint(${max})`),
});

export const flag: Schema<boolean> = {
  shape: 'flag',
  toCbor: (value) => value,
  fromCbor: (value) => (typeof value === 'boolean' ? value : refuse('not a flag')),
};

/** Between `min` and `max` bytes; with one argument, exactly that many. */
export const bytes = (min: number, max: number = min): Schema<Uint8Array<ArrayBuffer>> => ({
  shape: `bytes(${min},${max})`,
  toCbor: (value) => value,
  fromCbor: (value) =>
    value instanceof Uint8Array && value.length >= min && value.length <= max
      ? new Uint8Array(value) // `slice` of a Buffer would be a view on what carried it
      : refuse(`not bytes(${min},${max})`),
});

/** UTF-8 text of at most `maxBytes` bytes. */
export const text = (maxBytes: number): Schema<string> => ({
  shape: `text(${maxBytes})`,
  toCbor: (value) => value,
  fromCbor: (value) =>
    typeof value === 'string' && new TextEncoder().encode(value).length <= maxBytes
      ? value
      : refuse(`not text(${maxBytes})`),
});

/** Bytes of a fixed length that code handles as branded hex (src/domain/ids.ts). */
export const id = <Id extends string>(length: number): Schema<Id> => ({
  shape: `id(${length})`,
  toCbor: (value) => hexToBytes(value),
  fromCbor: (value) =>
    value instanceof Uint8Array && value.length === length ? (bytesToHex(value) as Id) : refuse(`not id(${length})`),
});

/** One of the given names, written as its number. Numbers are never used again for another name. */
export const choice = <const Names extends Readonly<Record<string, number>>>(
  names: Names,
): Schema<keyof Names & string> => {
  const byNumber = new Map(Object.entries(names).map(([name, number]) => [number, name]));
  return {
    shape: `choice(${[...byNumber].map(([number, name]) => `${number}=${name}`).join(',')})`,
    toCbor: (value) => {
      const number = names[value];
      if (number === undefined) throw new TypeError(`${value} is not one of the choices`);
      return number;
    },
    fromCbor: (value) =>
      (typeof value === 'number' ? byNumber.get(value) : undefined) ?? refuse('not one of the choices'),
  };
};

export const list = <T>(item: Schema<T>, maxCount: number): Schema<readonly T[]> => ({
  shape: `list(${item.shape},${maxCount})`,
  toCbor: (values) => values.map((value) => item.toCbor(value)),
  fromCbor: (value) =>
    Array.isArray(value) && value.length <= maxCount
      ? value.map((entry: CborValue) => item.fromCbor(entry))
      : refuse(`not a list of at most ${maxCount}`),
});

type Field<T> = { readonly key: number; readonly schema: Schema<T>; readonly optional: boolean };
type Fields = Readonly<Record<string, Field<unknown>>>;
type Required_<F extends Fields> = {
  readonly [K in keyof F as F[K]['optional'] extends true ? never : K]: ValueOf<F[K]>;
};
type Optional_<F extends Fields> = {
  readonly [K in keyof F as F[K]['optional'] extends true ? K : never]?: ValueOf<F[K]>;
};
type ValueOf<F> = F extends Field<infer T> ? T : never;
type Flatten<T> = { readonly [K in keyof T]: T[K] };

export const field = <T>(key: number, schema: Schema<T>): Field<T> & { readonly optional: false } => ({
  key,
  schema,
  optional: false,
});

export const optional = <T>(key: number, schema: Schema<T>): Field<T> & { readonly optional: true } => ({
  key,
  schema,
  optional: true,
});

/** A map with small integer keys. Unknown keys are refused: a new field is a new version. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a field's schema is invariant in T; `any` keeps inference
export const struct = <F extends Readonly<Record<string, Field<any>>>>(
  fields: F,
): Schema<Flatten<Required_<F> & Optional_<F>>> => {
  const entries = Object.entries(fields);
  const known = new Set<unknown>(entries.map(([, entry]) => entry.key));
  return {
    shape: `{${entries.map(([name, entry]) => `${entry.key}${entry.optional ? '?' : ''} ${name}:${entry.schema.shape}`).join(';')}}`,
    toCbor: (value) => {
      const map = new Map<number, CborValue>();
      for (const [name, entry] of entries) {
        const member = (value as Readonly<Record<string, unknown>>)[name];
        if (member !== undefined) map.set(entry.key, entry.schema.toCbor(member));
        else if (!entry.optional) throw new TypeError(`field ${name} is missing`);
      }
      return map;
    },
    fromCbor: (value) => {
      if (!(value instanceof Map)) return refuse('not a struct');
      for (const key of value.keys()) if (!known.has(key)) refuse(`unknown field ${String(key)}`);
      const result: Record<string, unknown> = {};
      for (const [name, entry] of entries) {
        const member = (value as ReadonlyMap<number, CborValue>).get(entry.key);
        if (member !== undefined) result[name] = entry.schema.fromCbor(member);
        else if (!entry.optional) refuse(`field ${name} is missing`);
      }
      return result as Flatten<Required_<F> & Optional_<F>>;
    },
  };
};

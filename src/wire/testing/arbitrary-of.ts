import fc, { type Arbitrary } from 'fast-check';

/**
 * Any value of a schema, made from its shape text: what a schema says of itself is enough to fill it, so a new format is
 * under test as soon as it is listed. Sizes stay small; the limits have tests of their own.
 */
export const arbitraryOf = (shape: string): Arbitrary<unknown> => {
  const [arbitrary, rest] = readShape(shape);
  if (rest !== '') throw new Error(`shape goes on after its end: ${rest}`);
  return arbitrary;
};

const MANY = 4;
const LONG = 40;

const readShape = (text: string): [Arbitrary<unknown>, string] => {
  if (text.startsWith('flag')) return [fc.boolean(), text.slice('flag'.length)];
  if (text.startsWith('{')) return readStruct(text.slice(1));
  const open = text.indexOf('(');
  const kind = text.slice(0, open);
  if (kind === 'list') return readList(text.slice(open + 1));
  const close = text.indexOf(')');
  const [first = '', second = first] = text.slice(open + 1, close).split(',');
  const rest = text.slice(close + 1);
  switch (kind) {
    case 'uint':
      return [
        fc.oneof(
          fc.integer({ min: 0, max: Math.min(Number(first), 300) }),
          fc.maxSafeNat().map((n) => n % (Number(first) + 1)),
        ),
        rest,
      ];
    case 'bytes':
      return [bytesOf(Number(first), Number(second)), rest];
    case 'id':
      return [bytesOf(Number(first), Number(first)).map((bytes) => Buffer.from(bytes).toString('hex')), rest];
    case 'text':
      return [textOf(Number(first)), rest];
    case 'choice':
      return [
        fc.constantFrom(
          ...text
            .slice(open + 1, close)
            .split(',')
            .map((item) => item.split('=')[1]),
        ),
        rest,
      ];
    default:
      throw new Error(`unknown shape: ${text.slice(0, 20)}`);
  }
};

const bytesOf = (min: number, max: number): Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: min, maxLength: Math.max(min, Math.min(max, LONG)) }).map((bytes) => bytes.slice());

/** One grapheme alone may take a dozen bytes or more, and it is bytes that a schema counts. */
const textOf = (maxBytes: number): Arbitrary<string> =>
  fc
    .string({ unit: 'grapheme', maxLength: Math.min(maxBytes, LONG) / 8 })
    .filter((text) => Buffer.byteLength(text) <= maxBytes);

const readList = (text: string): [Arbitrary<unknown>, string] => {
  const [item, rest] = readShape(text);
  const close = rest.indexOf(')');
  const max = Number(rest.slice(1, close));
  return [fc.array(item, { maxLength: Math.min(max, MANY) }), rest.slice(close + 1)];
};

const readStruct = (text: string): [Arbitrary<unknown>, string] => {
  const required: Record<string, Arbitrary<unknown>> = {};
  const all: Record<string, Arbitrary<unknown>> = {};
  let rest = text;
  while (!rest.startsWith('}')) {
    const [, isOptional, name = ''] = /^\d+(\??) (\w+):/.exec(rest) ?? [];
    const [arbitrary, after] = readShape(rest.slice(rest.indexOf(':') + 1));
    all[name] = arbitrary;
    if (isOptional !== '?') required[name] = arbitrary;
    rest = after.startsWith(';') ? after.slice(1) : after;
  }
  return [fc.record(all, { requiredKeys: Object.keys(required) }), rest.slice(1)];
};

/**
 * Random pages through several implementations of one suite: they must write the same record, open it, and refuse it
 * with one bit changed. Not one of them is the judge of the others.
 */
import type { PageAead } from '../page-cipher-aead.ts';
import { PAGE_NONCE_BYTES, PAGE_OVERHEAD_BYTES } from '../page-cipher.ts';

export type Compared = {
  readonly tried: number;
  readonly bad: number;
  /** The first case that went wrong; its number and the seed make it again. */
  readonly example: string | undefined;
};
export type NamedAead = { readonly name: string; readonly aead: PageAead };

/** Superblock, page and log frame; any other size up to some blocks more than the widest stride. */
const REAL_SIZES = [128, 4056, 4124];
const OTHER_SIZES_BELOW = 1_100;
const LONGEST_ASSOCIATED_DATA = 128;

export const comparePageAeads = (aeads: readonly NamedAead[], seed: number, cases: number): Compared => {
  let bad = 0;
  let example: string | undefined;
  for (let number = 0; number < cases; number += 1) {
    const failure = compareOne(aeads, createFastRandom(seed * 2_654_435_761 + number), number);
    if (failure === undefined) continue;
    bad += 1;
    example ??= `seed ${seed}, case ${number}: ${failure}`;
  }
  return { tried: cases, bad, example };
};

const compareOne = (aeads: readonly NamedAead[], random: FastRandom, number: number): string | undefined => {
  const [key, nonce] = [random.bytes(32), random.bytes(PAGE_NONCE_BYTES)];
  // Every size from none to some hundreds comes first; then the sizes of a database and others in turns.
  const size = number < OTHER_SIZES_BELOW ? number : (REAL_SIZES[random.below(12)] ?? random.below(OTHER_SIZES_BELOW));
  const page = number % 8 === 7 ? new Uint8Array(size).fill(0xff) : random.bytes(size);
  const associatedData = random.bytes(random.below(LONGEST_ASSOCIATED_DATA + 1));

  let expected: Uint8Array | undefined;
  for (const { name, aead } of aeads) {
    const record = new Uint8Array(size + PAGE_OVERHEAD_BYTES);
    aead.seal(key, nonce, associatedData, page, record);
    expected ??= record;
    if (!equalQuickly(record, expected)) return `${name} seals ${size} bytes unlike the first`;
  }
  if (expected === undefined) throw new Error('nothing to compare');
  const altered = expected.slice();
  const bit = random.below(altered.length * 8);
  altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  for (const { name, aead } of aeads) {
    const opened = new Uint8Array(size);
    if (!aead.open(key, expected, associatedData, opened)) return `${name} does not open ${size} bytes`;
    if (!equalQuickly(opened, page)) return `${name} opens ${size} bytes to something else`;
    if (aead.open(key, altered, associatedData, opened)) return `${name} opens ${size} bytes with bit ${bit} flipped`;
    if (!equalQuickly(opened, page)) return `${name} refuses ${size} bytes and writes all the same`;
  }
  return undefined;
};

/** The comparison in constant time is slow over millions of pages; nothing here is secret. */
const equalQuickly = (left: Uint8Array, right: Uint8Array): boolean => {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index += 1) if (left[index] !== right[index]) return false;
  return true;
};

type FastRandom = { bytes(length: number): Uint8Array<ArrayBuffer>; below(limit: number): number };

/** splitmix32, a word at a time. */
const createFastRandom = (seed: number): FastRandom => {
  let state = seed >>> 0;
  const word = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  return {
    bytes(length) {
      const words = new Uint32Array(Math.ceil(length / 4));
      for (let index = 0; index < words.length; index += 1) words[index] = word();
      return new Uint8Array(words.buffer, 0, length);
    },
    below: (limit) => word() % limit,
  };
};

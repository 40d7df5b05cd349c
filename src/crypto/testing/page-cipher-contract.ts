import { describe, expect, test } from 'vitest';
import type { RandomBytes } from '../../domain/ports.ts';
import { utf8 } from '../bytes.ts';
import { toKey, type PageKey } from '../keys.ts';
import { createNoblePageCipher } from '../page-cipher-noble.ts';
import { PAGE_OVERHEAD_BYTES, type PageCipher } from '../page-cipher.ts';
import { createSeededRandom } from './seeded-random.ts';

export type MakePageCipher = (random: RandomBytes, key: PageKey) => PageCipher;

const PAGE_BYTES = 4096 - PAGE_OVERHEAD_BYTES;
/** A whole page, a log frame sealed with its header, and the small and odd sizes between. */
const SIZES = [0, 1, 15, 16, 17, 63, 64, 65, 100, 255, 256, 257, 1000, PAGE_BYTES, 4096, 4120, 4124, 300_000];

const makeNoble: MakePageCipher = (random, key) => createNoblePageCipher({ random }, { key });

/**
 * What every `PageCipher` does, whatever it is made of.
 * @param makeReference another implementation of the same suite; XChaCha20-Poly1305 unless said otherwise
 */
export const describePageCipher = (name: string, make: MakePageCipher, makeReference = makeNoble): void => {
  describe(`page cipher: ${name}`, () => {
    const keyOf = (seed: string): PageKey => toKey<PageKey>(createSeededRandom(seed)(32));
    const place = utf8('database 1, main, page 7');

    const sealOne = (size: number, seed = 'key') => {
      const page = createSeededRandom(`page ${size}`)(size);
      const record = new Uint8Array(size + PAGE_OVERHEAD_BYTES);
      make(createSeededRandom('nonces'), keyOf(seed)).seal(page, place, record);
      return { page, record };
    };
    const openWith = (cipher: PageCipher, record: Uint8Array, associatedData: Uint8Array) => {
      const page = new Uint8Array(record.length - PAGE_OVERHEAD_BYTES).fill(0xaa);
      return { opened: cipher.open(record, associatedData, page), page };
    };

    test.each(SIZES)('gives back a page of %i bytes', (size) => {
      const { page, record } = sealOne(size);
      const read = openWith(make(createSeededRandom('other nonces'), keyOf('key')), record, place);
      expect(read.opened).toBe(true);
      expect(read.page).toEqual(page);
    });

    test.each(SIZES)('writes %i bytes as the reference does, and reads what it wrote', (size) => {
      const { page, record } = sealOne(size);
      const reference = makeReference(createSeededRandom('nonces'), keyOf('key'));
      const expected = new Uint8Array(record.length);
      reference.seal(page, place, expected);
      expect(record).toEqual(expected);
      expect(openWith(reference, record, place).opened).toBe(true);
    });

    test('works on views into a larger buffer, at any alignment', () => {
      const cipher = make(createSeededRandom('nonces'), keyOf('key'));
      const { page } = sealOne(100);
      for (const shift of [0, 1, 2, 3, 5]) {
        const buffer = new Uint8Array(400);
        const record = buffer.subarray(shift, shift + 100 + PAGE_OVERHEAD_BYTES);
        cipher.seal(page, place, record);
        const back = new Uint8Array(200).subarray(shift, shift + 100);
        expect(cipher.open(record, place, back)).toBe(true);
        expect([...back]).toEqual([...page]);
        expect(buffer.subarray(shift + 100 + PAGE_OVERHEAD_BYTES).every((byte) => byte === 0)).toBe(true);
      }
    });

    test('refuses every flipped bit and leaves the page untouched', () => {
      const { record } = sealOne(64);
      const cipher = make(createSeededRandom('nonces'), keyOf('key'));
      for (let bit = 0; bit < record.length * 8; bit += 1) {
        const altered = record.map((byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
        const read = openWith(cipher, altered, place);
        expect(read.opened).toBe(false);
        expect(read.page.every((byte) => byte === 0xaa)).toBe(true);
      }
    });

    test('refuses a page that was moved to another place', () => {
      const { record } = sealOne(PAGE_BYTES);
      const cipher = make(createSeededRandom('nonces'), keyOf('key'));
      expect(openWith(cipher, record, utf8('database 1, main, page 8')).opened).toBe(false);
      expect(openWith(cipher, record, new Uint8Array(0)).opened).toBe(false);
    });

    test('refuses a page of another key', () => {
      const { record } = sealOne(PAGE_BYTES);
      expect(openWith(make(createSeededRandom('nonces'), keyOf('other key')), record, place).opened).toBe(false);
    });

    test('never uses a nonce twice', () => {
      const cipher = make(createSeededRandom('nonces'), keyOf('key'));
      const nonces = new Set<string>();
      for (let count = 0; count < 1000; count += 1) {
        const record = new Uint8Array(8 + PAGE_OVERHEAD_BYTES);
        cipher.seal(new Uint8Array(8), place, record);
        nonces.add(record.subarray(8, 32).join());
      }
      expect(nonces.size).toBe(1000);
    });

    test('a wrong length is a bug and throws', () => {
      const cipher = make(createSeededRandom('nonces'), keyOf('key'));
      expect(() => cipher.seal(new Uint8Array(10), place, new Uint8Array(49))).toThrow(RangeError);
      expect(() => cipher.open(new Uint8Array(50), place, new Uint8Array(11))).toThrow(RangeError);
    });

    test('keeps its own copy of the key, and forgets it', () => {
      const { record } = sealOne(PAGE_BYTES);
      const key = keyOf('key');
      const cipher = make(createSeededRandom('nonces'), key);
      key.fill(0);
      expect(openWith(cipher, record, place).opened).toBe(true);
      cipher.destroy();
      expect(() => openWith(cipher, record, place)).toThrow();
      expect(() => {
        cipher.seal(new Uint8Array(PAGE_BYTES), place, record);
      }).toThrow();
    });
  });
};

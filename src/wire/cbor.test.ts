import { describe, expect, test } from 'vitest';
import { hexToBytes } from '../domain/ids.ts';
import { decodeCbor, encodeCbor } from './cbor.ts';

describe('deterministic CBOR (RFC 8949 §4.2)', () => {
  test.each([
    ['00', 0],
    ['1818', 24],
    ['1a000f4240', 1_000_000],
    ['f5', true],
    ['6161', 'a'],
    ['420102', Uint8Array.of(1, 2)],
    ['820102', [1, 2]],
    [
      'a201020304',
      new Map([
        [1, 2],
        [3, 4],
      ]),
    ],
  ])('%s', (hex, value) => {
    expect(encodeCbor(value)).toEqual(hexToBytes(hex));
    expect(decodeCbor(hexToBytes(hex))).toEqual({ ok: true, value });
  });

  test.each([
    ['nothing', ''],
    ['an integer that is longer than it needs to be', '1800'],
    ['a length that is longer than it needs to be', '580101'],
    ['map keys out of order', 'a203040102'],
    ['a key twice', 'a201020103'],
    ['an indefinite array', '9f01ff'],
    ['an indefinite string', '5f4101ff'],
    ['a float', 'f93e00'],
    ['a float inside', '81f93e00'],
    ['a whole number written as a float', 'f93c00'],
    ['null', 'f6'],
    ['undefined', 'f7'],
    ['a tag', 'c11a514b67b0'],
    ['an integer above 2^53', '1bffffffffffffffff'],
    ['text that is not UTF-8', '61ff'],
    ['bytes after the end', '0000'],
    ['a length beyond the end', '5affffffff00'],
    ['an array that claims to be huge', '9affffffff'],
  ])('%s is refused', (_what, hex) => {
    expect(decodeCbor(hexToBytes(hex)).ok).toBe(false);
  });

  test('nesting without end is refused, not followed', () => {
    expect(decodeCbor(new Uint8Array(100_000).fill(0x81)).ok).toBe(false);
  });
});

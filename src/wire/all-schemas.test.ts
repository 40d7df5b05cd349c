import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeCbor, encodeCbor } from './cbor.ts';
import { decodeWith, encodeWith } from './schema.ts';
import { ALL_SCHEMAS } from './testing/all-schemas.ts';
import { arbitraryOf } from './testing/arbitrary-of.ts';

describe.each(ALL_SCHEMAS)('%s', (_name, schema) => {
  const values = arbitraryOf(schema.shape);

  test('comes back as it was', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(decodeWith(schema, encodeWith(schema, value))).toEqual({ ok: true, value });
      }),
      { numRuns: 50 },
    );
  });

  test('cut anywhere, or with a byte after its end, it is refused', () => {
    const [value] = fc.sample(values, { numRuns: 1, seed: 7 });
    const encoded = encodeWith(schema, value);
    for (let length = 0; length < encoded.length; length += 1) {
      expect(decodeWith(schema, encoded.subarray(0, length)).ok).toBe(false);
    }
    expect(decodeWith(schema, Uint8Array.of(...encoded, 0)).ok).toBe(false);
  });

  test('with any bit turned it is refused, or is the one encoding of another value', () => {
    const [value] = fc.sample(values, { numRuns: 1, seed: 8 });
    const encoded = encodeWith(schema, value);
    for (let bit = 0; bit < encoded.length * 8; bit += 1) {
      const turned = encoded.slice();
      turned[bit >> 3]! ^= 1 << (bit & 7);
      const decoded = decodeWith(schema, turned);
      if (decoded.ok) expect(encodeWith(schema, decoded.value)).toEqual(turned);
    }
  });

  test('a field that is not ours is refused', () => {
    const [value] = fc.sample(values, { numRuns: 1, seed: 9 });
    const decoded = decodeCbor(encodeWith(schema, value));
    if (!decoded.ok || !(decoded.value instanceof Map)) return;
    const more = encodeCbor(new Map([...(decoded.value as ReadonlyMap<number, number>), [99, 1]]));
    expect(decodeWith(schema, more).ok).toBe(false);
  });
});

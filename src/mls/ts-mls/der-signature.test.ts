import fc from 'fast-check';
import { expect, test } from 'vitest';
import { derToRaw, rawToDer } from './der-signature.ts';

const halves = fc.uint8Array({ minLength: 96, maxLength: 96 });

test('every r | s comes back from DER', () => {
  const edges = [
    new Uint8Array(96),
    new Uint8Array(96).fill(0xff),
    new Uint8Array(96).fill(0x80),
    new Uint8Array(96).fill(1),
  ];
  const comesBack = fc.property(halves, (raw) => {
    expect(derToRaw(rawToDer(raw))).toEqual(raw);
  });
  fc.assert(comesBack, { examples: edges.map((raw) => [raw]) });
});

test('one signature has one DER form', () => {
  const der = rawToDer(new Uint8Array(96).fill(0x11));
  const withZero = Uint8Array.of(0x30, der[1]! + 1, 0x02, 49, 0, ...der.subarray(4));
  const longLength = Uint8Array.of(0x30, 0x81, der[1]!, ...der.subarray(2));
  for (const other of [withZero, longLength, Uint8Array.of(...der, 0), der.subarray(0, -1), new Uint8Array(0)]) {
    expect(derToRaw(other)).toBeUndefined();
  }
});

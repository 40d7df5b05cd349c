import { expect, test } from 'vitest';
import { findNeedles, keyNeedle, textNeedle } from './needles.ts';

const secret = 'the herons fly at noon';
const place = (bytes: Buffer) => [
  { path: 'file', bytes: Buffer.concat([Buffer.from('before '), bytes, Buffer.from(' after')]) },
];

test('a secret is found in clear, as UTF-16 and as base64 at every offset', () => {
  for (const padding of ['', 'x', 'xy']) {
    const spellings = [
      Buffer.from(padding + secret),
      Buffer.from(padding + secret, 'utf16le'),
      Buffer.from(Buffer.from(padding + secret + 'tail').toString('base64')),
      Buffer.from(Buffer.from(padding + secret + 'tail').toString('base64url')),
    ];
    for (const bytes of spellings) expect(findNeedles(place(bytes), [textNeedle(secret)])).toHaveLength(1);
  }
});

test('a key is found as bytes and as hex', () => {
  const key = Uint8Array.from({ length: 32 }, (_, index) => index * 7);
  for (const bytes of [Buffer.from(key), Buffer.from(Buffer.from(key).toString('hex'))])
    expect(findNeedles(place(bytes), [keyNeedle('key', key)])).toEqual(['key in file']);
});

test('nothing is found where nothing is', () => {
  expect(findNeedles(place(Buffer.from('the herons fly at moon')), [textNeedle(secret)])).toEqual([]);
});

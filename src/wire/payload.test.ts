import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LIMITS } from '../domain/limits.ts';
import type { MessageId } from '../domain/ids.ts';
import { decodePayload, encodePayload, PAYLOAD_KIND, textBody, type Payload } from './payload.ts';
import { decodeWith, encodeWith } from './schema.ts';

const payloadOf = (text: string): Payload => ({
  format: 1,
  kind: PAYLOAD_KIND.text,
  messageId: '5a'.repeat(16) as MessageId,
  counter: 3,
  time: { wallMs: 1_790_000_000_000, counter: 2 },
  body: encodeWith(textBody, { text }),
});

describe('a padded payload', () => {
  test('comes back as it was, whatever is written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (text) => {
        const decoded = decodePayload(encodePayload(payloadOf(text)));
        expect(decoded).toEqual({ ok: true, value: payloadOf(text) });
        expect(decoded.ok && decodeWith(textBody, decoded.value.body)).toEqual({ ok: true, value: { text } });
      }),
    );
  });

  test('says one of nine sizes of itself, up to the longest text', () => {
    const sizes = new Set<number>();
    for (let length = 0; length <= LIMITS.textBytes; length += 97)
      sizes.add(encodePayload(payloadOf('x'.repeat(length))).length);
    sizes.add(encodePayload(payloadOf('x'.repeat(LIMITS.textBytes))).length);
    expect([...sizes]).toEqual([256, 512, 1_024, 2_048, 4_096, 8_192, 16_384, 32_768, 67_584]);
  });

  test('a yes and a no are equally long', () => {
    expect(encodePayload(payloadOf('yes')).length).toBe(encodePayload(payloadOf('no')).length);
  });

  test('no bit can be turned unseen, and no cut throws', () => {
    const encoded = encodePayload(payloadOf('hello'));
    for (let length = 0; length < encoded.length; length += 1)
      expect(decodePayload(encoded.subarray(0, length)).ok).toBe(false);
    for (let bit = 0; bit < encoded.length * 8; bit += 1) {
      const turned = encoded.slice();
      turned[bit >> 3]! ^= 1 << (bit & 7);
      const decoded = decodePayload(turned);
      if (decoded.ok) expect(encodePayload(decoded.value)).toEqual(turned);
    }
  });

  test('an unknown kind is readable: it may be a newer version speaking', () => {
    const newer = { ...payloadOf('x'), kind: 4_711 };
    expect(decodePayload(encodePayload(newer))).toEqual({ ok: true, value: newer });
  });
});

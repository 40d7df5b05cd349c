import { describe, expect, test } from 'vitest';
import { importAesKey, sealAesGcm } from '../aes-gcm.ts';
import { concatBytes, utf8 } from '../bytes.ts';
import {
  generateSignatureKeyPair,
  importSigningKey,
  sign,
  signBytes,
  verify,
  verifyBytes,
  type SigningKey,
} from '../ecdsa-p384.ts';
import { SIGNATURE_LABELS } from '../labels.ts';
import { isScalar, P384_SCALAR_BYTES } from '../p384.ts';
import {
  importWrappingKey,
  unwrapSigningKey,
  WRAPPED_SIGNING_KEY_BYTES,
  wrapSigningKey,
} from '../wrapped-signing-key.ts';
import { createSeededRandom } from './seeded-random.ts';

const content = utf8('I am this device.');
const place = utf8('vault 1, device 2');

/** ECDSA P-384 in the engine that runs this. */
export const describeSignatures = (): void => {
  describe('signatures', () => {
    test('a signature holds for its key, label and content only', async () => {
      const random = createSeededRandom('signer');
      const pair = generateSignatureKeyPair(random);
      const signature = await sign(await importSigningKey(pair), SIGNATURE_LABELS.login, content);
      expect(signature.length).toBe(96);
      expect(await verify(pair.publicKey, SIGNATURE_LABELS.login, content, signature)).toBe(true);
      expect(await verify(pair.publicKey, SIGNATURE_LABELS.handle, content, signature)).toBe(false);
      expect(await verify(pair.publicKey, SIGNATURE_LABELS.login, utf8('I am another.'), signature)).toBe(false);
      const stranger = generateSignatureKeyPair(random);
      expect(await verify(stranger.publicKey, SIGNATURE_LABELS.login, content, signature)).toBe(false);
    });

    test('label and content are framed, so that one cannot flow into the other', async () => {
      const pair = generateSignatureKeyPair(createSeededRandom('signer'));
      const key = await importSigningKey(pair);
      for (const length of [0, 1, 63, 64, 16_383, 16_384, 70_000]) {
        const long = new Uint8Array(length).fill(7);
        const signature = await sign(key, SIGNATURE_LABELS.leave, long);
        const framed = concatBytes(Uint8Array.of(13), utf8('sotto/1/leave'), lengthPrefix(length), long);
        expect(await verifyBytes(pair.publicKey, framed, signature)).toBe(true);
      }
    });

    test('an MLS signature is never one of ours', async () => {
      const pair = generateSignatureKeyPair(createSeededRandom('signer'));
      const mlsLabel = utf8('MLS 1.0 LeafNodeTBS');
      const framed = concatBytes(Uint8Array.of(mlsLabel.length), mlsLabel, Uint8Array.of(content.length), content);
      const signature = await signBytes(await importSigningKey(pair), framed);
      for (const label of Object.values(SIGNATURE_LABELS)) {
        expect(await verify(pair.publicKey, label, content, signature)).toBe(false);
      }
    });

    test('bad keys and bad lengths are refused without a throw', async () => {
      const pair = generateSignatureKeyPair(createSeededRandom('signer'));
      const signature = await sign(await importSigningKey(pair), SIGNATURE_LABELS.login, content);
      const offCurve = pair.publicKey.map((byte, index) => (index === 96 ? byte ^ 1 : byte));
      const compressed = pair.publicKey.slice(0, 49);
      compressed[0] = 0x02 + ((pair.publicKey[96] ?? 0) & 1);
      const badKeys = [offCurve, compressed, new Uint8Array(97), new Uint8Array(0), pair.publicKey.subarray(1)];
      for (const key of badKeys) expect(await verify(key, SIGNATURE_LABELS.login, content, signature)).toBe(false);
      const badSignatures = [new Uint8Array(0), signature.subarray(1), new Uint8Array(96), new Uint8Array(97)];
      for (const bad of badSignatures) {
        expect(await verify(pair.publicKey, SIGNATURE_LABELS.login, content, bad)).toBe(false);
      }
    });

    test('the key cannot be read back', async () => {
      const key = await importSigningKey(generateSignatureKeyPair(createSeededRandom('signer')));
      await expectUnreadable(key);
    });

    test('a scalar of zero, or not below the order of the group, is drawn again', () => {
      const order = 'ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973';
      const orderBytes = Uint8Array.from(order.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
      const good = new Uint8Array(P384_SCALAR_BYTES).fill(1);
      const draws = [new Uint8Array(P384_SCALAR_BYTES), orderBytes, good];
      expect(generateSignatureKeyPair(() => draws.shift() ?? good).secretKey).toEqual(good);
      expect(isScalar(new Uint8Array(47).fill(1))).toBe(false);
      expect(() => generateSignatureKeyPair((length) => new Uint8Array(length))).toThrow('random source');
    });
  });

  describe('a signature key at rest', () => {
    const wrapOne = async () => {
      const random = createSeededRandom('wrap');
      const wrappingKey = await importWrappingKey(random(32));
      const pair = generateSignatureKeyPair(random);
      const wrapped = await wrapSigningKey(random, wrappingKey, pair, place);
      return { random, wrappingKey, pair, wrapped };
    };

    test('comes back as a key that signs and cannot be read', async () => {
      const { wrappingKey, pair, wrapped } = await wrapOne();
      expect(wrapped.length).toBe(WRAPPED_SIGNING_KEY_BYTES);
      const unwrapped = await unwrapSigningKey(wrappingKey, wrapped, place);
      if (!unwrapped.ok) throw new Error('did not unwrap');
      const signature = await sign(unwrapped.value, SIGNATURE_LABELS.login, content);
      expect(await verify(pair.publicKey, SIGNATURE_LABELS.login, content, signature)).toBe(true);
      await expectUnreadable(unwrapped.value);
    });

    test('the wrapping key cannot decrypt it into memory', async () => {
      const { wrappingKey, wrapped } = await wrapOne();
      const parameters = { name: 'AES-GCM', iv: wrapped.subarray(0, 12), additionalData: place };
      await expect(crypto.subtle.decrypt(parameters, wrappingKey, wrapped.subarray(12))).rejects.toThrow();
    });

    test('is refused when altered, moved, or under another key', async () => {
      const { random, wrappingKey, wrapped } = await wrapOne();
      for (const index of [0, 11, 12, 100, 196, 197, 212]) {
        const altered = wrapped.map((byte, at) => (at === index ? byte ^ 0x80 : byte));
        expect((await unwrapSigningKey(wrappingKey, altered, place)).ok).toBe(false);
      }
      expect((await unwrapSigningKey(wrappingKey, wrapped, utf8('vault 1, device 3'))).ok).toBe(false);
      expect((await unwrapSigningKey(wrappingKey, wrapped.subarray(1), place)).ok).toBe(false);
      expect((await unwrapSigningKey(await importWrappingKey(random(32)), wrapped, place)).ok).toBe(false);
    });

    test('authentic bytes that are not a key are refused', async () => {
      const random = createSeededRandom('wrap');
      const raw = random(32);
      const sealed = await sealAesGcm(random, await importAesKey(raw), new Uint8Array(185), place);
      expect((await unwrapSigningKey(await importWrappingKey(raw), sealed, place)).ok).toBe(false);
    });
  });
};

const expectUnreadable = async (key: SigningKey): Promise<void> => {
  expect(key.extractable).toBe(false);
  await expect(crypto.subtle.exportKey('pkcs8', key)).rejects.toThrow();
  await expect(crypto.subtle.exportKey('jwk', key)).rejects.toThrow();
};

/** RFC 9420 §2.1.2, written a second time for the test. */
const lengthPrefix = (length: number): Uint8Array => {
  if (length < 64) return Uint8Array.of(length);
  const view = new DataView(new ArrayBuffer(4));
  if (length < 16_384) {
    view.setUint16(0, length + 0x4000);
    return new Uint8Array(view.buffer, 0, 2);
  }
  view.setUint32(0, length + 0x8000_0000);
  return new Uint8Array(view.buffer);
};

import { Aes256Gcm, CipherSuite, DhkemP384HkdfSha384, HkdfSha384 } from '@hpke/core';
import { describe, expect, test } from 'vitest';
import { bytesToHex } from '../../domain/ids.ts';
import { equalBytes, utf8 } from '../bytes.ts';
import { ecdh, generateEcdhKeyPair, importEcdhPrivateKey } from '../ecdh-p384.ts';
import { hpkeExport, hpkeImport, hpkeOpen, hpkeSeal, type HpkeSealed } from '../hpke.ts';
import { createSeededRandom } from './seeded-random.ts';

const info = utf8('what this is for');
const associatedData = utf8('where it stands');
const plaintext = utf8('the root key of somebody');
const exporterContext = utf8('external init');

export const peer = new CipherSuite({ kem: new DhkemP384HkdfSha384(), kdf: new HkdfSha384(), aead: new Aes256Gcm() });

const makeRecipient = async (seed = 'recipient') => {
  const pair = generateEcdhKeyPair(createSeededRandom(seed));
  return { pair, key: await importEcdhPrivateKey(pair) };
};

const sealOne = async (publicKey: Uint8Array): Promise<HpkeSealed> => {
  const sealed = await hpkeSeal(createSeededRandom('sender'), publicKey, info, associatedData, plaintext);
  if (!sealed.ok) throw new Error('did not seal');
  return sealed.value;
};

/** HPKE in the engine that runs this; `@hpke/core` is an implementation by others. */
export const describeHpke = (): void => {
  describe('HPKE', () => {
    test('opens what was sealed to its key, under the same info and associated data', async () => {
      const { pair, key } = await makeRecipient();
      const sealed = await sealOne(pair.publicKey);
      expect(await hpkeOpen(key, sealed, info, associatedData)).toEqual({ ok: true, value: plaintext });
      expect((await hpkeOpen(key, sealed, utf8('another use'), associatedData)).ok).toBe(false);
      expect((await hpkeOpen(key, sealed, info, utf8('elsewhere'))).ok).toBe(false);
      expect((await hpkeOpen((await makeRecipient('other')).key, sealed, info, associatedData)).ok).toBe(false);
    });

    test('refuses every altered byte of what was sealed', async () => {
      const { pair, key } = await makeRecipient();
      const { enc, ciphertext } = await sealOne(pair.publicKey);
      const flip = (bytes: Uint8Array, index: number) =>
        bytes.map((byte, at) => (at === index ? byte ^ (1 << (index % 8)) : byte));
      for (const index of enc.keys()) {
        const altered = { enc: flip(enc, index), ciphertext };
        expect(await hpkeOpen(key, altered, info, associatedData)).toEqual({
          ok: false,
          error: { tag: 'not-authentic' },
        });
      }
      for (const index of ciphertext.keys()) {
        expect((await hpkeOpen(key, { enc, ciphertext: flip(ciphertext, index) }, info, associatedData)).ok).toBe(
          false,
        );
      }
      expect((await hpkeOpen(key, { enc, ciphertext: new Uint8Array(3) }, info, associatedData)).ok).toBe(false);
    });

    test('bytes that are no point of the curve are refused everywhere', async () => {
      const { pair, key } = await makeRecipient();
      const offCurve = pair.publicKey.map((byte, index) => (index === 96 ? byte ^ 1 : byte));
      const infinity = Uint8Array.of(0);
      const zero = new Uint8Array(97);
      zero[0] = 4;
      const tooLarge = new Uint8Array(97).fill(0xff);
      tooLarge[0] = 4;
      for (const point of [offCurve, infinity, zero, tooLarge, pair.publicKey.subarray(0, 49), new Uint8Array(0)]) {
        const refused = { ok: false, error: { tag: 'invalid-public-key' } };
        const random = createSeededRandom('sender');
        expect(await ecdh(key, point)).toBe(undefined);
        expect(await hpkeSeal(random, point, info, associatedData, plaintext)).toEqual(refused);
        expect(await hpkeExport(random, point, info, exporterContext, 48)).toEqual(refused);
        expect(await hpkeImport(key, point, info, exporterContext, 48)).toEqual(refused);
      }
    });

    test('both sides of an export get the same secret', async () => {
      const { pair, key } = await makeRecipient();
      const sent = await hpkeExport(createSeededRandom('sender'), pair.publicKey, info, exporterContext, 48);
      if (!sent.ok) throw new Error('did not export');
      const received = await hpkeImport(key, sent.value.enc, info, exporterContext, 48);
      expect(received).toEqual({ ok: true, value: sent.value.secret });
      const other = await hpkeImport(key, sent.value.enc, info, utf8('another context'), 48);
      expect(other.ok && equalBytes(other.value, sent.value.secret)).toBe(false);
    });

    test('a peer opens what we seal', async () => {
      const { pair } = await makeRecipient();
      const { enc, ciphertext } = await sealOne(pair.publicKey);
      const recipientKey = await peer.kem.deserializePrivateKey(pair.secretKey);
      const opened = await peer.open({ recipientKey, enc, info }, ciphertext, associatedData);
      expect(new Uint8Array(opened)).toEqual(plaintext);
    });

    test('we open what a peer seals', async () => {
      const { pair, key } = await makeRecipient();
      const recipientPublicKey = await peer.kem.deserializePublicKey(pair.publicKey);
      const { ct, enc } = await peer.seal({ recipientPublicKey, info }, plaintext, associatedData);
      const sealed = { enc: new Uint8Array(enc), ciphertext: new Uint8Array(ct) };
      expect(await hpkeOpen(key, sealed, info, associatedData)).toEqual({ ok: true, value: plaintext });
    });

    test('a peer exports what we export', async () => {
      const { pair } = await makeRecipient();
      const sent = await hpkeExport(createSeededRandom('sender'), pair.publicKey, info, exporterContext, 48);
      if (!sent.ok) throw new Error('did not export');
      const recipientKey = await peer.kem.deserializePrivateKey(pair.secretKey);
      const context = await peer.createRecipientContext({ recipientKey, enc: sent.value.enc, info });
      expect(new Uint8Array(await context.export(exporterContext, 48))).toEqual(sent.value.secret);
    });

    test('is frozen: the same random bytes seal to the same bytes', async () => {
      const { pair } = await makeRecipient();
      const { enc, ciphertext } = await sealOne(pair.publicKey);
      expect(bytesToHex(enc)).toBe(FROZEN_ENC);
      expect(bytesToHex(ciphertext)).toBe(FROZEN_CIPHERTEXT);
    });
  });
};

const FROZEN_ENC =
  '04fa2dffabb79ac8609c45582dfe3dda91611cdc7bbc28e047e10c968aadaba6cf97f2df90cf3abeaee1beb53e63db0a66368209c7ce9d0ff6187efe915d763985a0e090dd493f8524d2ffbdebeb12b94a819835c80f2fb50ee3d39a9ee0fffab7';
const FROZEN_CIPHERTEXT = 'f3e11b032af8f00423b1d4bb6ab7c8ac9a2cca5b0b8846ed5125801fc469fe38f2eb88616a9aac4c';

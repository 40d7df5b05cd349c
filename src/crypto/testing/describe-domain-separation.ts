import { describe, expect, test } from 'vitest';
import { bytesToHex } from '../../domain/ids.ts';
import { importAesKey, openAesGcm, sealAesGcm } from '../aes-gcm.ts';
import { utf8 } from '../bytes.ts';
import { generateEcdhKeyPair, importEcdhPrivateKey } from '../ecdh-p384.ts';
import { generateSignatureKeyPair, importSigningKey, sign, verify } from '../ecdsa-p384.ts';
import { hashId } from '../hash.ts';
import { deriveBytes } from '../hkdf.ts';
import { hpkeOpen, hpkeSeal } from '../hpke.ts';
import { EXPORTER_LABELS, HASH_LABELS, KDF_LABELS, labelInfo, SEAL_LABELS, SIGNATURE_LABELS } from '../labels.ts';
import { createSeededRandom } from './seeded-random.ts';

const content = utf8('the same bytes everywhere');
const context = [Uint8Array.of(1, 2, 3), 7];
const sealLabels = Object.values(SEAL_LABELS);
const infoLabels = [...Object.values(KDF_LABELS), ...Object.values(EXPORTER_LABELS), ...sealLabels];

/** Each thing fed where each other is expected: only the right place takes it, even under one key. */
export const describeDomainSeparation = (): void => {
  describe('each kind of thing where each other is expected', () => {
    test('signatures', async () => {
      const labels = Object.values(SIGNATURE_LABELS);
      const pair = generateSignatureKeyPair(createSeededRandom('signer'));
      const key = await importSigningKey(pair);
      for (const made of labels) {
        const signature = await sign(key, made, content);
        const accepted = await Promise.all(labels.map((label) => verify(pair.publicKey, label, content, signature)));
        expect(labels.filter((_, index) => accepted[index])).toEqual([made]);
      }
    });

    test('seals under AES-256-GCM', async () => {
      const random = createSeededRandom('sealer');
      const key = await importAesKey(random(32));
      for (const made of sealLabels) {
        const sealed = await sealAesGcm(random, key, content, labelInfo(made, context));
        const opened = await Promise.all(sealLabels.map((label) => openAesGcm(key, sealed, labelInfo(label, context))));
        expect(sealLabels.filter((_, index) => opened[index]?.ok)).toEqual([made]);
      }
    });

    test('seals to a public key', async () => {
      const random = createSeededRandom('sealer');
      const pair = generateEcdhKeyPair(random);
      const key = await importEcdhPrivateKey(pair);
      const none = new Uint8Array(0);
      for (const made of sealLabels) {
        const sealed = await hpkeSeal(random, pair.publicKey, labelInfo(made, context), none, content);
        if (!sealed.ok) throw new Error('did not seal');
        const { value } = sealed;
        const opened = await Promise.all(
          sealLabels.map((label) => hpkeOpen(key, value, labelInfo(label, context), none)),
        );
        expect(sealLabels.filter((_, index) => opened[index]?.ok)).toEqual([made]);
      }
    });

    test('derived keys', async () => {
      const labels = [...Object.values(KDF_LABELS), ...Object.values(EXPORTER_LABELS)];
      const derived = await Promise.all(labels.map((label) => deriveBytes(content, label, context, 32)));
      expect(new Set(derived.map(bytesToHex)).size).toBe(labels.length);
    });

    test('hashes', () => {
      const labels = Object.values(HASH_LABELS);
      expect(new Set(labels.map((label) => bytesToHex(hashId(label, content)))).size).toBe(labels.length);
    });

    test('a context cannot be shifted into its neighbour, and no info begins another', () => {
      const shifted = [
        [Uint8Array.of(1), Uint8Array.of(2, 3)],
        [Uint8Array.of(1, 2), Uint8Array.of(3)],
        [Uint8Array.of(1, 2, 3)],
        [],
      ];
      const infos = infoLabels.flatMap((label) => shifted.map((parts) => bytesToHex(labelInfo(label, parts))));
      for (const [index, info] of infos.entries()) {
        expect(infos.filter((other, at) => at !== index && other.startsWith(info))).toEqual([]);
      }
    });
  });
};

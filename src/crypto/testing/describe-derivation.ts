import { describe, expect, test } from 'vitest';
import { deriveBytes, deriveBytesFromKey, importDerivationKey } from '../hkdf.ts';
import { KDF_LABELS } from '../labels.ts';
import { createSeededRandom } from './seeded-random.ts';

export const describeDerivation = (): void => {
  describe('a secret that cannot be read', () => {
    test('gives the same keys as its bytes, also after it was handed to another worker', async () => {
      const secret = createSeededRandom('root')(32);
      const key = await importDerivationKey(secret);
      const context = [Uint8Array.of(1, 2), 3];
      const fromBytes = await deriveBytes(secret, KDF_LABELS.wrapPage, context, 32);
      expect(await deriveBytesFromKey(key, KDF_LABELS.wrapPage, context, 32)).toEqual(fromBytes);
      expect(await deriveBytesFromKey(structuredClone(key), KDF_LABELS.wrapPage, context, 32)).toEqual(fromBytes);
      await expect(crypto.subtle.exportKey('raw', structuredClone(key))).rejects.toThrow();
    });
  });
};

import { describe, expect, test } from 'vitest';
import { bytesToHex, hexToBytes } from '../../domain/ids.ts';
import { createSeededRandom } from '../../crypto/testing/seeded-random.ts';
import { finishPageKeyRotation } from '../rotate-page-key.ts';
import { unlockVault } from '../unlock-vault.ts';
import type { UnlockedVault } from '../unlocked-vault.ts';
import { readVaultSummary } from '../vault-summary.ts';
import { FROZEN_HEADER_V1, FROZEN_HEADER_V1_HEX } from './frozen-header-v1.ts';
import { FROZEN_HEADER_V2, FROZEN_HEADER_V2_HEX } from './frozen-header-v2.ts';
import { createMemoryHeaderStore, type MemoryHeaderStore } from './memory-header-store.ts';
import { tagOf, valueOf } from './vault-kit.ts';

const random = createSeededRandom('frozen');

const storeOf = (hex: string): MemoryHeaderStore => {
  const file = hexToBytes(hex);
  return createMemoryHeaderStore([file, file]);
};

const keysOf = ({ keys }: UnlockedVault): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(keys).map(([name, key]) => [name, bytesToHex(key)]));

/** Headers of every released format, opened with the real PBKDF2. */
export const describeFrozenHeaders = (): void => {
  describe('a header of an earlier release', () => {
    test('of format 1 still opens with its password, with the keys it was made for', async () => {
      const headerStore = storeOf(FROZEN_HEADER_V1_HEX);
      const { password, vaultId, label, ...keys } = FROZEN_HEADER_V1;
      expect(valueOf(await readVaultSummary(headerStore))).toEqual({ vaultId, label, headerSequence: 1 });
      const vault = valueOf(await unlockVault({ random, headerStore }, { password }));
      expect(vault.vaultId).toBe(vaultId);
      expect(keysOf(vault)).toEqual(keys);
      expect(tagOf(await unlockVault({ random, headerStore }, { password: `${password}.` }))).toBe('wrong-password');
    });

    test('of format 2 still opens with both its page keys, and the key before can be forgotten', async () => {
      const headerStore = storeOf(FROZEN_HEADER_V2_HEX);
      const { password, vaultId, label, ...keys } = FROZEN_HEADER_V2;
      expect(valueOf(await readVaultSummary(headerStore))).toEqual({ vaultId, label, headerSequence: 2 });
      const vault = valueOf(await unlockVault({ random, headerStore }, { password }));
      expect(vault).toMatchObject({ vaultId, keyEpoch: 2 });
      expect(keysOf(vault)).toEqual(keys);
      expect(tagOf(await finishPageKeyRotation(headerStore, vault.finished!))).toBe('ok');
      const { previousPage: _forgotten, ...left } = keys;
      expect(keysOf(valueOf(await unlockVault({ random, headerStore }, { password })))).toEqual(left);
    });
  });
};

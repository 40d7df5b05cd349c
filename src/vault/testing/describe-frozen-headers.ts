import { describe, expect, test } from 'vitest';
import { bytesToHex, hexToBytes } from '../../domain/ids.ts';
import { unlockVault } from '../unlock-vault.ts';
import { readVaultSummary } from '../vault-summary.ts';
import { FROZEN_HEADER_V1, FROZEN_HEADER_V1_HEX } from './frozen-header-v1.ts';
import { createMemoryHeaderStore } from './memory-header-store.ts';
import { tagOf, valueOf } from './vault-kit.ts';

/** Headers of every released format, opened with the real PBKDF2. */
export const describeFrozenHeaders = (): void => {
  describe('a header of an earlier release', () => {
    test('of format 1 still opens with its password, with the keys it was made for', async () => {
      const file = hexToBytes(FROZEN_HEADER_V1_HEX);
      const headerStore = createMemoryHeaderStore([file, file]);
      const { password, vaultId, label, ...keys } = FROZEN_HEADER_V1;
      expect(valueOf(await readVaultSummary(headerStore))).toEqual({ vaultId, label, headerSequence: 1 });
      const vault = valueOf(await unlockVault({ headerStore }, { password }));
      expect(vault.vaultId).toBe(vaultId);
      expect(Object.fromEntries(Object.entries(vault.keys).map(([name, key]) => [name, bytesToHex(key)]))).toEqual(
        keys,
      );
      expect(tagOf(await unlockVault({ headerStore }, { password: `${password}.` }))).toBe('wrong-password');
    });
  });
};

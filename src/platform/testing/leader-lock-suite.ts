import { describe, expect, it } from 'vitest';
import { bytesToHex, type VaultId } from '../../domain/ids.ts';
import { createLeaderLock } from '../leader-lock.ts';
import { randomBytes } from '../random.ts';

/** Runs in a browser, whose locks it is about. */
export const describeLeaderLock = (): void => {
  describe('leader lock', () => {
    it('has one holder, is seen by all, and can be taken again right after it was given back', async () => {
      const vaultId = bytesToHex(randomBytes(16)) as VaultId;
      const here = createLeaderLock(navigator.locks);
      const elsewhere = createLeaderLock(navigator.locks);
      expect(await elsewhere.isHeld(vaultId)).toBe(false);
      for (let round = 0; round < 5; round += 1) {
        const release = await here.acquire(vaultId);
        expect(release).toBeDefined();
        expect(await elsewhere.isHeld(vaultId)).toBe(true);
        expect(await elsewhere.acquire(vaultId)).toBeUndefined();
        release?.();
      }
    });
  });
};

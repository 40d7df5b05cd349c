import type { VaultId } from '../domain/ids.ts';
import { leaderLockName } from '../rpc/lock-names.ts';
import { createNamedLocks } from './named-locks.ts';

/** One core per vault in a browser profile. */
export interface LeaderLock {
  /** Answers a function that gives the lock back, or undefined while somebody else holds it. Never waits for them. */
  acquire(vaultId: VaultId): Promise<(() => void) | undefined>;
  isHeld(vaultId: VaultId): Promise<boolean>;
}

export const createLeaderLock = (locks: LockManager): LeaderLock => {
  const names = createNamedLocks(locks);
  return {
    acquire: (vaultId) => names.acquire(leaderLockName(vaultId)),

    async isHeld(vaultId) {
      const { held } = await locks.query();
      return held?.some(({ name }) => name === leaderLockName(vaultId)) ?? false;
    },
  };
};

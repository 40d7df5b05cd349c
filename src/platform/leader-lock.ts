import type { VaultId } from '../domain/ids.ts';
import { leaderLockName } from '../rpc/lock-names.ts';
import { createNamedLocks } from './named-locks.ts';

/** One core per vault in a browser profile. */
export interface LeaderLock {
  /** Answers a function that gives the lock back, or undefined while somebody else holds it. Never waits for them. */
  acquire(vaultId: VaultId): Promise<(() => void) | undefined>;
  /** Waits for its turn, however long that takes; whoever asked first is next. */
  wait(vaultId: VaultId): Promise<() => void>;
  /** Or waited for by a core that would take over: the account is open. */
  isHeld(vaultId: VaultId): Promise<boolean>;
}

export const createLeaderLock = (locks: LockManager): LeaderLock => {
  const names = createNamedLocks(locks);
  return {
    acquire: (vaultId) => names.acquire(leaderLockName(vaultId)),
    wait: (vaultId) => names.wait(leaderLockName(vaultId)),

    async isHeld(vaultId) {
      const { held = [], pending = [] } = await locks.query();
      return [...held, ...pending].some(({ name, mode }) => name === leaderLockName(vaultId) && mode === 'exclusive');
    },
  };
};

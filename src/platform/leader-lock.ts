import type { VaultId } from '../domain/ids.ts';
import { leaderLockName } from '../rpc/lock-names.ts';

/** One core per vault in a browser profile. */
export interface LeaderLock {
  /** Answers a function that gives the lock back, or undefined while somebody else holds it. Never waits for them. */
  acquire(vaultId: VaultId): Promise<(() => void) | undefined>;
  isHeld(vaultId: VaultId): Promise<boolean>;
}

export const createLeaderLock = (locks: LockManager): LeaderLock => {
  /** Locks of this worker, until the browser has really given them back: releasing takes it a moment. */
  const ending = new Map<VaultId, Promise<void>>();

  return {
    async acquire(vaultId) {
      await ending.get(vaultId);
      return new Promise((resolve, reject) => {
        const ended = locks.request(leaderLockName(vaultId), { ifAvailable: true }, (lock) => {
          if (lock === null) {
            resolve(undefined);
            return undefined;
          }
          return new Promise<void>((release) => {
            resolve(() => {
              ending.set(vaultId, ended);
              release();
            });
          });
        });
        ended.catch(reject);
      });
    },

    async isHeld(vaultId) {
      const { held } = await locks.query();
      return held?.some(({ name }) => name === leaderLockName(vaultId)) ?? false;
    },
  };
};

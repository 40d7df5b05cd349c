import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Core } from '../core/core.ts';
import type { VaultId } from '../domain/ids.ts';
import { err, ok } from '../domain/result.ts';
import { createLeaderLock } from '../platform/leader-lock.ts';
import { coreApiOver } from '../rpc/core-methods.ts';
import { giveKey } from '../tabs/stand-by.ts';
import { shareOpenAccount } from './share-open-account.ts';

// Node has everything of a worker that is used here but this.
const reportError = vi.fn();
beforeEach(() => void vi.stubGlobal('reportError', reportError));
afterEach(() => void vi.unstubAllGlobals());

const until = async (isTrue: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 2));
};

it('a worker that could not take over stands by again, and takes over the next time', async () => {
  const vaultId = crypto.randomUUID().replaceAll('-', '') as VaultId;
  const { locks } = navigator;
  const isWaiting = async (): Promise<boolean> => {
    const { pending = [] } = await locks.query();
    return pending.length > 0;
  };
  const key = await crypto.subtle.importKey('raw', new Uint8Array(32), 'HKDF', false, ['deriveBits']);
  giveKey(
    (name) => new BroadcastChannel(name),
    vaultId,
    () => key,
  );

  let attempts = 0;
  let leads: VaultId | undefined;
  const core: Core = {
    api: coreApiOver(async () => undefined),
    prepare: () => undefined,
    resumeKey: () => undefined,
    resume: async ({ releaseLock }) => {
      attempts += 1;
      if (attempts > 1) return ok(undefined);
      releaseLock();
      return err({ tag: 'storage-unavailable' });
    },
    close: async () => undefined,
  };
  const shared = shareOpenAccount(core, { onVisible: () => undefined, tellLeads: (vault) => (leads = vault) });
  const leaderLock = createLeaderLock(locks);
  const endLeader = async (): Promise<void> => {
    const release = await leaderLock.acquire(vaultId);
    shared.standBy(vaultId, () => false);
    await until(isWaiting);
    release?.();
  };

  await endLeader();
  await until(() => attempts === 1);
  await until(async () => !(await leaderLock.isHeld(vaultId)));
  expect(leads).toBeUndefined();
  await endLeader();
  await until(() => leads === vaultId);
  expect(attempts).toBe(2);
  expect(reportError).not.toHaveBeenCalled();
});

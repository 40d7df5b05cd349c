import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Core } from '../core/core.ts';
import type { DerivationKey } from '../crypto/hkdf.ts';
import type { VaultId } from '../domain/ids.ts';
import { err, ok } from '../domain/result.ts';
import { createLeaderLock } from '../platform/leader-lock.ts';
import type { UnlockError } from '../rpc/core-api.ts';
import { coreApiOver } from '../rpc/core-methods.ts';
import { memberOf } from '../rpc/core-messages.ts';
import { giveKey } from '../tabs/stand-by.ts';
import { standByChannelName } from '../tabs/vault-channel.ts';
import { shareOpenAccount } from './share-open-account.ts';

// Node has everything of a worker that is used here but this.
const reportError = vi.fn();
beforeEach(() => void vi.stubGlobal('reportError', reportError));
afterEach(() => void vi.unstubAllGlobals());

const until = async (isTrue: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 2));
};

/** A core that has nothing open. */
const createCore = (resume: Core['resume']): Core => ({
  api: coreApiOver(async () => undefined),
  prepare: () => undefined,
  resumeKey: () => undefined,
  resume,
  close: async () => undefined,
});

/** Of an account that any worker can open. */
const giveNewKey = async (): Promise<VaultId> => {
  const vaultId = crypto.randomUUID().replaceAll('-', '') as VaultId;
  const key = await crypto.subtle.importKey('raw', new Uint8Array(32), 'HKDF', false, ['deriveBits']);
  giveKey(
    (name) => new BroadcastChannel(name),
    vaultId,
    () => key,
  );
  return vaultId;
};

it('a worker that could not take over stands by again, and takes over the next time', async () => {
  const vaultId = await giveNewKey();
  const { locks } = navigator;
  const isWaiting = async (): Promise<boolean> => {
    const { pending = [] } = await locks.query();
    return pending.length > 0;
  };

  let attempts = 0;
  let leads: VaultId | undefined;
  const reasons: UnlockError[] = [];
  const core = createCore(async ({ releaseLock }) => {
    attempts += 1;
    if (attempts > 1) return ok(undefined);
    releaseLock();
    return err({ tag: 'storage-unavailable' });
  });
  const shared = shareOpenAccount(core, {
    onVisible: () => undefined,
    tellLeads: (vault) => (leads = vault),
    tellNotLed: (_, reason) => reasons.push(reason),
  });
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
  expect(reasons).toEqual([{ tag: 'storage-unavailable' }]);
  await endLeader();
  await until(() => leads === vaultId);
  expect(attempts).toBe(2);
  expect(reasons.length, 'told once, for the try that failed').toBe(1);
  expect(reportError).not.toHaveBeenCalled();
});

it('a worker whose storage cannot even be asked says so, and stands by again', async () => {
  const vaultId = await giveNewKey();
  let attempts = 0;
  const reasons: UnlockError[] = [];
  const core = createCore(async ({ releaseLock }) => {
    attempts += 1;
    releaseLock();
    throw new DOMException('as told', 'UnknownError');
  });
  const nothing = (): void => undefined;
  const shared = shareOpenAccount(core, {
    onVisible: nothing,
    tellLeads: nothing,
    tellNotLed: (_, reason) => reasons.push(reason),
  });
  for (const attempt of [1, 2]) {
    shared.standBy(vaultId, () => false);
    await until(() => attempts === attempt);
    await until(() => reasons.length === attempt);
  }
  expect(reasons).toEqual([{ tag: 'storage-unavailable' }, { tag: 'storage-unavailable' }]);
  expect(reportError).toHaveBeenCalledTimes(2);
  reportError.mockClear();
});

it('those that stand by are given the new key as soon as it was renewed', async () => {
  const vaultId = crypto.randomUUID().replaceAll('-', '') as VaultId;
  const importKey = (byte: number) =>
    crypto.subtle.importKey('raw', new Uint8Array(32).fill(byte), 'HKDF', false, [
      'deriveBits',
    ]) as Promise<DerivationKey>;
  const parameters = { name: 'HKDF', hash: 'SHA-384', salt: new Uint8Array(0), info: new Uint8Array(0) };
  const read = async (key: CryptoKey) => new Uint8Array(await crypto.subtle.deriveBits(parameters, key, 64)).join();
  let resumeKey = await importKey(1);
  const renewed = await importKey(2);
  const core: Core = {
    api: coreApiOver(async (method) => {
      if (method === 'renewKey') resumeKey = renewed;
      return ok(undefined);
    }),
    prepare: () => undefined,
    resumeKey: () => resumeKey,
    resume: async () => ok(undefined),
    close: async () => undefined,
  };
  const given: CryptoKey[] = [];
  const channel = new BroadcastChannel(standByChannelName(vaultId));
  channel.addEventListener('message', ({ data }) => given.push(memberOf(data, 'give') as CryptoKey));
  const nothing = (): void => undefined;
  const shared = shareOpenAccount(core, { onVisible: nothing, tellLeads: nothing, tellNotLed: nothing });
  await shared.api.unlock({ vaultId, password: '' });
  await until(() => given.length === 1);
  await shared.api.renewKey({ password: '' });
  await until(() => given.length === 2);
  channel.close();
  expect(await Promise.all(given.map(read))).toEqual([await read(await importKey(1)), await read(renewed)]);
});

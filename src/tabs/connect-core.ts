import type { SetTimer } from '../domain/ports.ts';
import type { VaultId } from '../domain/ids.ts';
import { memberOf } from '../rpc/core-messages.ts';
import { leaderLockName } from '../rpc/lock-names.ts';
import { createCoreClient, type WindowCoreClient } from './core-client.ts';
import { joinLeader, untilFree } from './join-leader.ts';
import { coreWorkerUrl } from './script-urls.ts';
import { createRememberedAccounts } from './remembered-accounts.ts';
import { startCore } from './start-core.ts';
import { vaultChannelName } from './vault-channel.ts';

/** A worker that was terminated gives its locks back within milliseconds; another window may have to be asked first. */
const LOCK_LIMIT_MS = 5_000;

const setTimer: SetTimer = (task, delayMs) => {
  const timer = setTimeout(task, delayMs);
  return () => clearTimeout(timer);
};

const createCoreWorker = (): Worker => new Worker(coreWorkerUrl, { type: 'module', name: 'core' });

/** Connects this window to a core: called once, when the page starts. Tests bring a worker of their own. */
export const connectCore = (createWorker: () => Worker = createCoreWorker): WindowCoreClient => {
  const common = {
    setTimer,
    newId: () => crypto.randomUUID(),
    locks: navigator.locks,
    openChannel: (name: string) => new BroadcastChannel(name),
    createWorker,
  };
  const client = createCoreClient({
    startCore: (handlers) => startCore(common, handlers),
    joinLeader: (vaultId, handlers) => joinLeader(common, vaultId, handlers),
    onLockAsked: listenForLock,
    remembered: createRememberedAccounts(localStorage, navigator.locks, askedByPage()),
    untilVaultFree: async (vaultId) => {
      await untilFree(navigator.locks, leaderLockName(vaultId), AbortSignal.timeout(LOCK_LIMIT_MS));
    },
  });
  addEventListener('pagehide', () => client.leave());
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') client.tellVisible();
  });
  return client;
};

/** What index.html asked before any script of the app was here; undefined in a page of another kind. */
const askedByPage = (): Promise<LockManagerSnapshot> | undefined =>
  (globalThis as { readonly sottoLocks?: Promise<LockManagerSnapshot> }).sottoLocks;

const listenForLock = (vaultId: VaultId, lock: () => void): (() => void) => {
  const channel = new BroadcastChannel(vaultChannelName(vaultId));
  channel.addEventListener('message', ({ data }) => {
    if (memberOf(data, 'lock') === true) lock();
  });
  return () => channel.close();
};

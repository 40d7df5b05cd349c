import { createMessageId } from '../domain/message-id.ts';
import type { SetTimer } from '../domain/ports.ts';
import { openCoreConnection } from '../rpc/core-connection.ts';
import { leaderLockName, vaultOfLeaderLock } from '../rpc/lock-names.ts';
import { createCoreClient, type WindowCoreClient } from './core-client.ts';
import { joinLeader, untilFree } from './join-leader.ts';
import { coreWorkerUrl } from './script-urls.ts';
import { createRememberedAccounts } from './remembered-accounts.ts';
import { startCore } from './start-core.ts';
import { hearVault } from './vault-news.ts';

/** A worker that was terminated gives its locks back within milliseconds; another window may have to be asked first. */
const LOCK_LIMIT_MS = 5_000;

const setTimer: SetTimer = (task, delayMs) => {
  const timer = setTimeout(task, delayMs);
  return () => clearTimeout(timer);
};

const createCoreWorker = (): Worker => new Worker(coreWorkerUrl, { type: 'module', name: 'core' });

export type WindowOptions = {
  /** Tests bring a worker of their own. */
  readonly createWorker?: () => Worker;
  readonly isVisible?: () => boolean;
};

/** Connects this window to a core: called once, when the page starts. */
export const connectCore = ({
  createWorker = createCoreWorker,
  isVisible = () => document.visibilityState === 'visible',
}: WindowOptions = {}): WindowCoreClient => {
  const { locks } = navigator;
  const openChannel = (name: string): BroadcastChannel => new BroadcastChannel(name);
  const newId = (): string => crypto.randomUUID();
  const client = createCoreClient({
    startCore: (handlers) => startCore(createWorker, handlers),
    connect: (onEvent) => openCoreConnection({ setTimer, newRequestId: newId }, onEvent),
    joinLeader: (at, handlers) => joinLeader({ openChannel, locks, setTimer }, at, handlers),
    hearVault: (vaultId, handlers) => hearVault(openChannel, vaultId, handlers),
    remembered: createRememberedAccounts(localStorage, locks, askedByPage()),
    untilVaultFree: async (vaultId) => {
      await untilFree(locks, leaderLockName(vaultId), AbortSignal.timeout(LOCK_LIMIT_MS));
    },
    openVaults: async () => {
      const { held = [], pending = [] } = await locks.query();
      return [...new Set([...held, ...pending].flatMap(({ name }) => vaultOfLeaderLock(name ?? '') ?? []))];
    },
    hasStandBy: async (vaultId) => {
      const { pending = [] } = await locks.query();
      return pending.some(({ name, mode }) => name === leaderLockName(vaultId) && mode === 'exclusive');
    },
    setTimer,
    newId,
    newMessageId: () => createMessageId(Date.now(), (length) => crypto.getRandomValues(new Uint8Array(length))),
    isVisible,
  });
  addEventListener('pagehide', () => client.leave());
  document.addEventListener('visibilitychange', () => client.noteVisible());
  document.addEventListener('freeze', () => client.freeze());
  document.addEventListener('resume', () => client.thaw());
  return client;
};

/** What index.html asked before any script of the app was here; undefined in a page of another kind. */
const askedByPage = (): Promise<LockManagerSnapshot> | undefined =>
  (globalThis as { readonly sottoLocks?: Promise<LockManagerSnapshot> }).sottoLocks;

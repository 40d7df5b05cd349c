import type { SetTimer } from '../domain/ports.ts';
import type { VaultId } from '../domain/ids.ts';
import { RPC_VERSION, type CoreEvent } from '../rpc/core-api.ts';
import { openCoreConnection } from '../rpc/core-connection.ts';
import { serviceLockName } from '../rpc/lock-names.ts';
import type { RunningCore } from './running-core.ts';
import {
  openQuietly,
  vaultChannelName,
  windowChannelName,
  type AnyVaultMessage,
  type OpenChannel,
  type VaultMessage,
} from './vault-channel.ts';

/**
 * A leader that is not asleep answers in a few milliseconds; one that reads a large page of the database, in more; one
 * that is still opening the account, once its password is stretched.
 */
const WELCOME_MS = 5_000;
const JOIN_AGAIN_MS = 250;

export type JoinedCore = RunningCore & {
  /** Asks the leader's window to lock. */
  readonly askToLock: () => void;
};

/**
 * Joins the window that has a vault open.
 * @param handlers.onGone the leader ended, however it did; not called after `end`
 * @returns `undefined` if nobody answers, or only a version that is too far from this one
 */
export const joinLeader = async (
  deps: {
    readonly openChannel: OpenChannel;
    readonly locks: LockManager;
    readonly setTimer: SetTimer;
    readonly newId: () => string;
  },
  vaultId: VaultId,
  handlers: { readonly onEvent: (event: CoreEvent) => void; readonly onGone: () => void },
): Promise<JoinedCore | undefined> => {
  const windowId = deps.newId();
  const everybody = openQuietly(deps.openChannel, vaultChannelName(vaultId));
  const post = (message: VaultMessage): void => everybody.postMessage(message);

  const leaderVersion = await new Promise<number | undefined>((resolve) => {
    let cancelRepeat = (): void => undefined;
    const settle = (version: number | undefined): void => {
      cancelLimit();
      cancelRepeat();
      resolve(version);
    };
    const cancelLimit = deps.setTimer(() => settle(undefined), WELCOME_MS);
    everybody.addEventListener('message', ({ data }) => {
      const { welcome, rpcVersion, event } = data as AnyVaultMessage;
      if (event !== undefined) handlers.onEvent(event);
      if (welcome === windowId) settle(rpcVersion);
    });
    // Again and again: a leader that is still stretching its password does not listen yet.
    const ask = (): void => {
      cancelRepeat = deps.setTimer(ask, JOIN_AGAIN_MS);
      post({ join: windowId });
    };
    ask();
  });
  if (leaderVersion === undefined || !isSpoken(leaderVersion)) {
    post({ leave: windowId });
    everybody.close();
    return undefined;
  }

  const channel = openQuietly(deps.openChannel, windowChannelName(vaultId, windowId));
  const connection = openCoreConnection(
    { endpoint: channel, setTimer: deps.setTimer, newRequestId: deps.newId },
    handlers.onEvent,
  );
  const waiting = new AbortController();
  let hasEnded = false;
  const end = (): void => {
    if (hasEnded) return;
    hasEnded = true;
    waiting.abort();
    connection.end();
    post({ leave: windowId });
    channel.close();
    everybody.close();
  };
  void untilFree(deps.locks, serviceLockName(vaultId), waiting.signal).then((isFree) => {
    if (!isFree || hasEnded) return;
    end();
    handlers.onGone();
  });
  return { connection, end, askToLock: () => post({ lock: true }) };
};

/** Page and core of neighbouring releases understand each other (docs/protocol/README.md, "Versions"). */
const isSpoken = (version: number): boolean => Math.abs(version - RPC_VERSION) <= 1;

/** Resolves true once nobody holds the lock, false when the wait was given up. Takes it for a moment only. */
export const untilFree = async (locks: LockManager, name: string, signal?: AbortSignal): Promise<boolean> => {
  try {
    await locks.request(name, { mode: 'shared', ...(signal === undefined ? {} : { signal }) }, () => undefined);
    return true;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return false;
    throw error;
  }
};

import type { SetTimer } from '../domain/ports.ts';
import type { VaultId } from '../domain/ids.ts';
import { RPC_VERSION, type CoreEvent } from '../rpc/core-api.ts';
import { leaderLockName, serviceLockName } from '../rpc/lock-names.ts';
import {
  openQuietly,
  vaultChannelName,
  windowChannelName,
  type AnyVaultMessage,
  type Channel,
  type OpenChannel,
  type VaultMessage,
  type WindowId,
} from './vault-channel.ts';

/**
 * A leader that is not asleep answers in a few milliseconds; one that reads a large page of the database, in more; one
 * that is still opening the account, once its password is stretched.
 */
export const WELCOME_MS = 5_000;
/**
 * Whoever takes over reads the database first, on a slow disk in many seconds. As long as its lock is held, somebody is at
 * it; the limit is for one that never comes to an end.
 */
export const TAKE_OVER_MS = 30_000;
const JOIN_AGAIN_MS = 250;

export type JoinRequest = {
  readonly vaultId: VaultId;
  readonly windowId: WindowId;
  /** Gives up, as if nobody had answered. */
  readonly signal: AbortSignal;
  /** For the answer of one that holds the vault; where nobody does, there is nothing to wait for. */
  readonly limitMs: number;
};

export type JoinedCore = {
  /** Calls and their answers. */
  readonly endpoint: Channel;
  /** Leaves. Twice is harmless. */
  readonly end: () => void;
};

/**
 * Joins the window that has a vault open, or is about to.
 * @param handlers.onGone the leader ended, however it did; not called after `end`
 * @returns `undefined` if nobody has it open, nobody answers in time, or only a version that is too far from this one
 */
export const joinLeader = async (
  deps: {
    readonly openChannel: OpenChannel;
    readonly locks: LockManager;
    readonly setTimer: SetTimer;
  },
  { vaultId, windowId, signal, limitMs }: JoinRequest,
  handlers: { readonly onEvent: (event: CoreEvent) => void; readonly onGone: () => void },
): Promise<JoinedCore | undefined> => {
  const everybody = openQuietly(deps.openChannel, vaultChannelName(vaultId));
  const post = (message: VaultMessage): void => everybody.postMessage(message);
  const waiting = new AbortController();

  const leaderVersion = await new Promise<number | undefined>((resolve) => {
    let cancelRepeat = (): void => undefined;
    let isSettled = false;
    const settle = (version: number | undefined): void => {
      isSettled = true;
      cancelLimit();
      cancelRepeat();
      waiting.abort();
      signal.removeEventListener('abort', giveUp);
      resolve(version);
    };
    const giveUp = (): void => settle(undefined);
    const cancelLimit = deps.setTimer(giveUp, limitMs);
    signal.addEventListener('abort', giveUp);
    everybody.addEventListener('message', ({ data }) => {
      const { welcome, rpcVersion, event, leading } = data as AnyVaultMessage;
      if (event !== undefined) handlers.onEvent(event);
      if (welcome === windowId) settle(rpcVersion);
      if (leading === true && !isSettled) ask();
    });
    // Again and again: a leader that is still stretching its password does not listen yet.
    const ask = (): void => {
      cancelRepeat();
      cancelRepeat = deps.setTimer(ask, JOIN_AGAIN_MS);
      post({ join: windowId });
    };
    ask();
    // Behind the leader and everybody who waits to take over: when this turn comes, there is nobody to wait for.
    void untilFree(deps.locks, leaderLockName(vaultId), waiting.signal).then((isFree) => {
      if (isFree && !isSettled) giveUp();
    });
  });
  if (leaderVersion === undefined || !isSpoken(leaderVersion)) {
    post({ leave: windowId });
    everybody.close();
    return undefined;
  }

  const endpoint = openQuietly(deps.openChannel, windowChannelName(vaultId, windowId));
  const watching = new AbortController();
  let hasEnded = false;
  const stop = (isLeaving: boolean): void => {
    if (hasEnded) return;
    hasEnded = true;
    watching.abort();
    if (isLeaving) post({ leave: windowId });
    endpoint.close();
    everybody.close();
  };
  void untilFree(deps.locks, serviceLockName(vaultId), watching.signal).then((isFree) => {
    if (!isFree || hasEnded) return;
    stop(false); // whoever takes over would hear that this window leaves
    handlers.onGone();
  });
  return { endpoint, end: () => stop(true) };
};

/** Page and core of neighbouring releases understand each other (docs/protocol/release.md, "Versions"). */
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

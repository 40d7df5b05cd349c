import type { VaultId } from '../domain/ids.ts';
import type { CoreApi, CoreClient, CoreEvent } from '../rpc/core-api.ts';
import { coreApiOver, type CoreMethod } from '../rpc/core-methods.ts';
import { openedVault } from '../rpc/opened-vault.ts';
import type { JoinedCore } from './join-leader.ts';
import type { RememberedAccounts } from './remembered-accounts.ts';
import type { RunningCore } from './running-core.ts';

/** What the client needs of this window and of the others. */
export interface CoreClientDeps {
  /** Starts a worker of this window's own. `onDeath`: it crashed, or never started. */
  readonly startCore: (handlers: {
    readonly onEvent: (event: CoreEvent) => void;
    readonly onDeath: () => void;
  }) => RunningCore;
  readonly joinLeader: (
    vaultId: VaultId,
    handlers: { readonly onEvent: (event: CoreEvent) => void; readonly onGone: () => void },
  ) => Promise<JoinedCore | undefined>;
  /** Listens for other windows that ask this one to lock; answers how to stop. */
  readonly onLockAsked: (vaultId: VaultId, lock: () => void) => () => void;
  readonly remembered: RememberedAccounts;
  /** Resolves when no core holds the vault any more, or when waiting for it makes no sense any more. */
  readonly untilVaultFree: (vaultId: VaultId) => Promise<void>;
}

/** The core that this window uses now, and the account that is open in it. */
type Current = {
  readonly core: RunningCore;
  /** Set when another window's core was joined. */
  readonly joined: JoinedCore | undefined;
  vaultId: VaultId | undefined;
  stopListening: () => void;
};

export interface WindowCoreClient extends CoreClient {
  /** Starts the worker, if no call did so already. */
  readonly start: () => void;
  /** The window came to the front. */
  readonly tellVisible: () => void;
  /** The window is going away, or into the browser's back-forward cache: the account is locked at once. */
  readonly leave: () => void;
}

/**
 * A window's view of the core. It uses a worker of its own, opens at most one account in it, and is then that account's
 * leader; or it joins the leader. Whatever ends the core it uses (lock, another window's lock, crash) ends in the same
 * event, `locked`, and the next call starts a fresh worker.
 */
export const createCoreClient = (deps: CoreClientDeps): WindowCoreClient => {
  const listeners = new Set<(event: CoreEvent) => void>();
  let current: Current | undefined;

  const emit = (event: CoreEvent): void => listeners.forEach((listener) => listener(event));

  const own = (): Current => {
    if (current !== undefined) return current;
    const core = deps.startCore({
      onEvent: (event) => {
        if (current?.core === core) hear(event);
      },
      onDeath: () => {
        if (current?.core === core) drop();
      },
    });
    current = { core, joined: undefined, vaultId: undefined, stopListening: () => undefined };
    return current;
  };

  const hear = (event: CoreEvent): void => {
    // A core that says so has closed its database, but only its end wipes its memory.
    if (event.type === 'locked') drop();
    else emit(event);
  };

  /** Ends the current core; tells the page if an account was open in it. */
  const drop = (): void => {
    if (current === undefined) return;
    const { core, vaultId, stopListening } = current;
    current = undefined;
    stopListening();
    core.end();
    if (vaultId !== undefined) emit({ type: 'locked', vaultId });
  };

  const lock = async (): Promise<void> => {
    const { vaultId, joined } = current ?? {};
    if (vaultId === undefined) return;
    if (joined === undefined) drop();
    else joined.askToLock();
    await deps.untilVaultFree(vaultId);
    // A leader that is asleep does not lock: then at least this window does.
    if (joined !== undefined && current?.joined === joined) drop();
    own();
  };

  const noteOpened = (opened: Current, vaultId: VaultId): void => {
    opened.vaultId = vaultId;
    opened.stopListening = deps.onLockAsked(vaultId, () => void lock());
  };

  const call = async (method: CoreMethod, input: unknown): Promise<unknown> => {
    const asked = own();
    const answer = await (asked.core.connection.api[method] as (input: unknown) => Promise<unknown>)(input);
    const vaultId = openedVault(method, input, answer);
    if (vaultId !== undefined && current === asked) noteOpened(asked, vaultId);
    if (method === 'accounts') deps.remembered.note(answer as Awaited<ReturnType<CoreApi['accounts']>>);
    return answer;
  };

  return {
    api: coreApiOver(call),
    recallAccounts: () => deps.remembered.recall(),
    start: () => void own(),

    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    async joinOpenAccount(vaultId) {
      if (current?.vaultId === vaultId) return true;
      const joining: { core: JoinedCore | undefined; isGone: boolean; readonly early: CoreEvent[] } = {
        core: undefined,
        isGone: false,
        early: [], // what the leader says while it is being joined
      };
      const isCurrent = (): boolean => joining.core !== undefined && current?.joined === joining.core;
      const joined = await deps.joinLeader(vaultId, {
        onEvent: (event) => {
          if (joining.core === undefined) joining.early.push(event);
          else if (isCurrent()) hear(event);
        },
        onGone: () => {
          joining.isGone = true;
          if (isCurrent()) drop();
        },
      });
      if (joined === undefined || joining.isGone) return false;
      drop();
      joining.core = joined;
      current = { core: joined, joined, vaultId, stopListening: () => undefined };
      for (const event of joining.early) if (isCurrent()) hear(event);
      return isCurrent();
    },

    lock,
    tellVisible: () => current?.core.connection.tellVisible(),
    leave: drop,
  };
};

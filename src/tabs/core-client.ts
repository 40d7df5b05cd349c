import type { VaultId } from '../domain/ids.ts';
import type { CoreApi, CoreClient, CoreEvent, UnlockError } from '../rpc/core-api.ts';
import type { CoreConnection } from '../rpc/core-connection.ts';
import { coreApiOver, type CoreMethod } from '../rpc/core-methods.ts';
import { openedVault } from '../rpc/opened-vault.ts';
import { TAKE_OVER_MS, WELCOME_MS, type JoinedCore, type JoinRequest } from './join-leader.ts';
import { createLeadWatch, type LeadWatchDeps } from './lead-watch.ts';
import type { RememberedAccounts } from './remembered-accounts.ts';
import type { OwnCore } from './start-core.ts';
import type { WindowId } from './vault-channel.ts';
import type { VaultNews, VaultNewsHandlers } from './vault-news.ts';
import { stepWindow, type WindowEffect, type WindowEvent, type WindowState } from './window-state.ts';

/** What the client needs of this window and of the others. */
export interface CoreClientDeps extends LeadWatchDeps {
  /** Starts a worker of this window's own. `onDeath`: it crashed, or never started. */
  readonly startCore: (handlers: {
    readonly onLeads: (vaultId: VaultId) => void;
    readonly onNotLed: (vaultId: VaultId, reason: UnlockError) => void;
    readonly onDeath: () => void;
  }) => OwnCore;
  readonly connect: (onEvent: (event: CoreEvent) => void) => CoreConnection;
  readonly joinLeader: (
    at: JoinRequest,
    handlers: { readonly onEvent: (event: CoreEvent) => void; readonly onGone: () => void },
  ) => Promise<JoinedCore | undefined>;
  readonly hearVault: (vaultId: VaultId, handlers: VaultNewsHandlers) => VaultNews;
  readonly remembered: RememberedAccounts;
  /** Resolves when no core holds the vault any more, or when waiting for it makes no sense any more. */
  readonly untilVaultFree: (vaultId: VaultId) => Promise<void>;
  /** Every vault that a worker of this browser has open, or waits to take over. */
  readonly openVaults: () => Promise<readonly VaultId[]>;
  readonly newId: () => string;
  readonly newMessageId: CoreClient['newMessageId'];
}

export interface WindowCoreClient extends CoreClient {
  /** Starts the worker, if no call did so already. */
  readonly start: () => void;
  /** The window came to the front, or is not seen any more. */
  readonly noteVisible: () => void;
  /** The browser stops the window, or lets it go on. */
  readonly freeze: () => void;
  readonly thaw: () => void;
  /** The window is going away, or into the browser's back-forward cache: nothing of the account stays in it. */
  readonly leave: () => void;
}

/**
 * A window's view of the core. It uses a worker of its own, opens at most one account in it, and is then that account's
 * leader; or it goes through the leader's, and its own stands by. What happens is decided by `stepWindow`; this carries
 * it out. Calls that are open while one core ends and the next takes over are asked again there.
 */
export const createCoreClient = (deps: CoreClientDeps): WindowCoreClient => {
  const listeners = new Set<(event: CoreEvent) => void>();
  let state: WindowState = { at: 'lobby' };
  let ownCore: OwnCore | undefined;
  let joined: JoinedCore | undefined;
  let seeking: AbortController | undefined;
  let account: { readonly windowId: WindowId; readonly news: VaultNews } | undefined;
  /** Why its own worker could not take over, or what it had open could not stay open. */
  let why: UnlockError | undefined;

  const emit = (event: CoreEvent): void => listeners.forEach((listener) => listener(event));
  const hear = (event: CoreEvent): void => {
    // A core that says so has closed its database, but only its end wipes its memory.
    if (event.type === 'locked') take({ type: 'locked' }, event.reason);
    else emit(event);
  };
  const openConnection = (): CoreConnection => {
    const opened = deps.connect((event) => {
      if (connection === opened) hear(event);
    });
    return opened;
  };
  let connection = openConnection();

  const own = (): OwnCore => {
    if (ownCore !== undefined) return ownCore;
    const started = deps.startCore({
      onLeads: (vaultId) => {
        if (ownCore === started && state.at !== 'lobby' && state.vaultId === vaultId) take({ type: 'took-over' });
      },
      onNotLed: (vaultId, reason) => {
        if (ownCore === started && isAt(vaultId)) why = reason;
      },
      onDeath: () => {
        if (ownCore === started) take({ type: 'worker-died' });
      },
    });
    ownCore = started;
    return started;
  };

  const lead = createLeadWatch(deps, {
    state: () => state,
    tellRank: (isBetterLed) => ownCore?.tell({ isBetterLed }),
    tellPresence: (isVisible) => account?.news.tellPresence(account.windowId, isVisible),
    take: (event) => take(event),
  });

  const take = (event: WindowEvent, reason?: UnlockError): void => {
    const vaultId = state.at === 'lobby' ? undefined : state.vaultId;
    const step = stepWindow(state, event);
    state = step.state;
    if (state.at !== 'leading') lead.noteFollowing();
    // Where somebody has the account open, or somebody locks it, that is no news any more.
    if (event.type !== 'nobody' && event.type !== 'leader-gone') why = reason;
    for (const effect of step.effects) carryOut(effect, state.at === 'lobby' ? vaultId : state.vaultId);
  };

  const carryOut = (effect: WindowEffect, vaultId: VaultId | undefined): void => {
    switch (effect) {
      case 'end-worker':
        ownCore?.end();
        ownCore = undefined;
        if (vaultId === undefined) restartCalls();
        break;
      case 'stand-by':
        if (vaultId !== undefined) own().tell({ standBy: vaultId });
        lead.tellRank();
        break;
      case 'seek':
        if (vaultId !== undefined) void seek(vaultId);
        break;
      case 'hold-calls':
        connection.attach(undefined);
        break;
      case 'use-own':
        connection.attach(own().endpoint);
        break;
      case 'use-leader':
        connection.attach(joined?.endpoint);
        break;
      case 'leave-leader':
        seeking?.abort();
        joined?.end();
        [seeking, joined] = [undefined, undefined];
        break;
      case 'tell-begun':
        emit({ type: 'hand-over', state: 'begun' });
        break;
      case 'tell-done':
        emit({ type: 'hand-over', state: 'done' });
        break;
      case 'tell-locked':
        restartCalls();
        closeNews();
        if (vaultId !== undefined) emit({ type: 'locked', vaultId, ...(why && { reason: why }) });
        why = undefined;
    }
  };

  /** Open calls end; later ones go to a fresh worker. */
  const restartCalls = (): void => {
    const ending = connection;
    connection = openConnection();
    ending.end();
  };

  const join = async (
    at: JoinRequest,
  ): Promise<{ readonly core: JoinedCore; readonly use: (event: WindowEvent) => void } | undefined> => {
    const early: CoreEvent[] = []; // what the leader says while it is being joined
    let isGone = false;
    const met: { core?: JoinedCore } = {};
    const core = await deps.joinLeader(at, {
      onEvent: (event) => {
        if (met.core === undefined) early.push(event);
        else if (joined === met.core) hear(event);
      },
      onGone: () => {
        isGone = true;
        if (met.core !== undefined && joined === met.core) take({ type: 'leader-gone' });
      },
    });
    if (core === undefined) return undefined;
    met.core = core;
    if (isGone || at.signal.aborted || early.some(({ type }) => type === 'locked')) {
      core.end();
      return undefined;
    }
    const use = (event: WindowEvent): void => {
      [seeking, joined] = [undefined, core];
      take(event);
      for (const said of early) if (joined === core) hear(said);
    };
    return { core, use };
  };

  const seek = async (vaultId: VaultId): Promise<void> => {
    const mine = new AbortController();
    seeking = mine;
    const found =
      account && (await join({ vaultId, windowId: account.windowId, signal: mine.signal, limitMs: TAKE_OVER_MS }));
    if (seeking !== mine) return found?.core.end();
    if (found === undefined) return take({ type: 'nobody' });
    found.use({ type: 'welcomed' });
    lead.tellPresence();
  };

  const isAt = (vaultId: VaultId): boolean => state.at !== 'lobby' && state.vaultId === vaultId;

  const openNews = (vaultId: VaultId): NonNullable<typeof account> => {
    lead.begin();
    account = {
      windowId: deps.newId(),
      news: deps.hearVault(vaultId, {
        onLock: () => {
          if (state.at === 'lobby') seeking?.abort(); // locked while it is joined
          take({ type: 'locked' });
        },
        onPresence: lead.noteOther,
        onLeading: lead.noteLeading,
      }),
    };
    return account;
  };

  const closeNews = (): void => {
    account?.news.tellLeave(account.windowId);
    account?.news.close();
    account = undefined;
  };

  const lock = async (): Promise<void> => {
    if (state.at === 'lobby') return;
    const { vaultId } = state;
    account?.news.tellLock();
    take({ type: 'locked' });
    await deps.untilVaultFree(vaultId);
    attachOwn();
  };

  const lockElsewhere = async (vaultId: VaultId): Promise<void> => {
    const nothing = (): void => undefined;
    const news = deps.hearVault(vaultId, { onLock: nothing, onPresence: nothing, onLeading: nothing });
    news.tellLock();
    news.close();
    await deps.untilVaultFree(vaultId);
  };

  const attachOwn = (): void => {
    if (state.at === 'lobby') connection.attach(own().endpoint);
  };

  const call = async (method: CoreMethod, input: unknown): Promise<unknown> => {
    attachOwn();
    const asked = connection;
    const answer = await (asked.api[method] as (input: unknown) => Promise<unknown>)(input);
    const vaultId = openedVault(method, input, answer);
    if (vaultId !== undefined && connection === asked) {
      openNews(vaultId);
      take({ type: 'opened', vaultId });
    }
    if (method === 'accounts' && (await asked.api.isListWhole().catch(() => false)))
      deps.remembered.note(answer as Awaited<ReturnType<CoreApi['accounts']>>);
    return answer;
  };

  return {
    api: coreApiOver(call),
    newMessageId: deps.newMessageId,
    recallAccounts: () => deps.remembered.recall(),
    start: attachOwn,

    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    async joinOpenAccount(vaultId) {
      if (state.at !== 'lobby') return isAt(vaultId);
      const mine = new AbortController();
      seeking = mine;
      const at = openNews(vaultId);
      lead.tellPresence();
      const found = await join({ vaultId, windowId: at.windowId, signal: mine.signal, limitMs: WELCOME_MS });
      if (found === undefined || seeking !== mine) {
        found?.core.end();
        at.news.close();
        if (account === at) account = undefined;
        return false;
      }
      found.use({ type: 'joined', vaultId });
      return isAt(vaultId);
    },

    lock,
    async lockAll() {
      const mine = state.at === 'lobby' ? undefined : state.vaultId;
      const isLocked = lock(); // at once, before anybody is asked
      const others = (await deps.openVaults()).filter((vaultId) => vaultId !== mine);
      await Promise.all([isLocked, ...others.map(lockElsewhere)]);
    },

    noteVisible() {
      if (lead.noteVisible()) connection.tellVisible();
    },
    freeze: lead.freeze,
    thaw() {
      lead.thaw();
      take({ type: 'thawed' });
    },
    leave: () => take({ type: 'left' }),
  };
};

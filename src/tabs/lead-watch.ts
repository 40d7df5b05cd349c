import type { VaultId } from '../domain/ids.ts';
import type { SetTimer } from '../domain/ports.ts';
import type { WindowId } from './vault-channel.ts';
import { forgetOthers, isBetterLed, notePresence, type WindowPresence } from './window-presence.ts';
import type { WindowState } from './window-state.ts';

/** Somebody who looks at another window for a moment only does not move the account there. */
const UNSEEN_MS = 1_000;
/** Twice as long after each look that found nobody, up to this: some accounts no other worker can open. */
const LOOK_AGAIN_MS = { first: 1_000, longest: 60_000 };

export interface LeadWatchDeps {
  /** Whether another window's worker waits to take the vault over. */
  readonly hasStandBy: (vaultId: VaultId) => Promise<boolean>;
  readonly setTimer: SetTimer;
  readonly isVisible: () => boolean;
}

/** The window that is watched. */
export interface WatchedWindow {
  readonly state: () => WindowState;
  /** To its own worker, which waits among others to take over. */
  readonly tellRank: (isBetterLed: boolean) => void;
  /** To the other windows of the account. */
  readonly tellPresence: (isVisible: boolean) => void;
  readonly take: (event: { readonly type: 'better-led' | 'frozen' }) => void;
}

/** Who should lead an account: what a window knows of the others, and when it gives way to one of them. */
export interface LeadWatch {
  /** An account is opened: nobody is known yet. */
  readonly begin: () => void;
  readonly noteOther: (windowId: WindowId, isVisible: boolean | undefined) => void;
  /** Somebody leads anew, and every window says again that it is there. */
  readonly noteLeading: () => void;
  /** This window does not lead any more. */
  readonly noteFollowing: () => void;
  readonly tellRank: () => void;
  readonly tellPresence: () => void;
  /** The window came to the front, or is not seen any more; answers which. */
  readonly noteVisible: () => boolean;
  /** The browser stops the window, or lets it go on. */
  readonly freeze: () => void;
  readonly thaw: () => void;
}

export const createLeadWatch = (deps: LeadWatchDeps, watched: WatchedWindow): LeadWatch => {
  let presence: WindowPresence = { isVisible: deps.isVisible(), others: new Map() };
  /** A worker of another window waits to take over, as far as this one has asked. */
  let isStoodBy = false;
  let cancelLook = (): void => undefined;
  /** The browser stops this window, or has stopped it. */
  let isStopped = false;

  const ledVault = (): VaultId | undefined => {
    const state = watched.state();
    return state.at === 'leading' ? state.vaultId : undefined;
  };
  const tellRank = (): void => {
    const { at } = watched.state();
    if (at === 'following' || at === 'between') watched.tellRank(isBetterLed(presence));
  };
  const tellPresence = (): void => {
    if (watched.state().at !== 'frozen') watched.tellPresence(deps.isVisible());
  };
  /** A browser that cannot say who waits says so of a window that is going away: nobody is given way to then. */
  const hasStandBy = (vaultId: VaultId): Promise<boolean> => deps.hasStandBy(vaultId).catch(() => false);

  /**
   * Asked ahead: a window that is being frozen may have no time left to ask the browser. And again as long as nobody
   * stands by: a window says that it is there before its worker is ready.
   */
  const lookForStandBy = async (againMs: number): Promise<void> => {
    cancelLook();
    const vaultId = ledVault();
    if (vaultId === undefined || presence.others.size === 0) return;
    const has = await hasStandBy(vaultId);
    if (ledVault() !== vaultId) return;
    isStoodBy = has;
    giveWayIfStopped();
    cancelLook();
    const nextMs = Math.min(2 * againMs, LOOK_AGAIN_MS.longest);
    if (!has) cancelLook = deps.setTimer(() => weigh(nextMs), againMs);
  };
  const giveWayIfStopped = (): void => {
    // Where no worker stands by, this one is in nobody's way, and its owner comes back to an open account.
    const isInTheWay = presence.others.size > 0 && isStoodBy;
    if (isStopped && (ledVault() === undefined || isInTheWay)) watched.take({ type: 'frozen' });
  };
  /** Whoever is not seen gives the lead to a window that is, if its worker is ready to take it. */
  const giveWayUnseen = async (vaultId: VaultId): Promise<void> => {
    const isStill = (): boolean => ledVault() === vaultId && isBetterLed(presence);
    if (isStill() && (await hasStandBy(vaultId)) && isStill()) watched.take({ type: 'better-led' });
  };
  const weigh = (againMs = LOOK_AGAIN_MS.first): void => {
    tellRank();
    void lookForStandBy(againMs);
    const vaultId = ledVault();
    if (vaultId !== undefined && isBetterLed(presence)) deps.setTimer(() => void giveWayUnseen(vaultId), UNSEEN_MS);
  };

  return {
    begin() {
      presence = { isVisible: deps.isVisible(), others: new Map() };
    },
    noteOther(windowId, isVisible) {
      presence = notePresence(presence, windowId, isVisible);
      weigh();
    },
    noteLeading() {
      presence = forgetOthers(presence);
      tellRank();
      tellPresence();
    },
    noteFollowing: () => void (isStoodBy = false),
    tellRank,
    tellPresence,
    noteVisible() {
      presence = { ...presence, isVisible: deps.isVisible() };
      tellPresence();
      weigh();
      return presence.isVisible;
    },
    freeze() {
      isStopped = true;
      giveWayIfStopped();
    },
    thaw: () => void (isStopped = false),
  };
};

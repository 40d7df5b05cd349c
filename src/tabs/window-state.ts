import type { VaultId } from '../domain/ids.ts';

/**
 * A window and the account that is open in it. What happens to other windows, to workers and to the browser comes in as
 * events; what is to be done comes out as effects, in their order.
 *
 * `leading`: its own worker has the vault open. `following`: it goes through another window's, its own stands by.
 * `between`: the core that it used is gone, and the next is not known yet. `frozen`: the browser has stopped the window;
 * it holds nothing.
 */
export type WindowState =
  { readonly at: 'lobby' } | { readonly at: 'leading' | 'following' | 'between' | 'frozen'; readonly vaultId: VaultId };

export type WindowEvent =
  /** Its own worker opened a vault, by a password. */
  | { readonly type: 'opened'; readonly vaultId: VaultId }
  /** It joined another window that has one open. */
  | { readonly type: 'joined'; readonly vaultId: VaultId }
  | {
      readonly type:
        /** The core of another window is gone. */
        | 'leader-gone'
        /** Its own worker, which stood by, has the vault open. */
        | 'took-over'
        /** Another window's has, and welcomed this one. */
        | 'welcomed'
        /** No core has the vault open, and none is about to. */
        | 'nobody'
        /** This or another window was told to lock. */
        | 'locked'
        /** Its own worker crashed, or never started. */
        | 'worker-died'
        /** It leads unseen while another window is in front of somebody, and a worker stands by. */
        | 'better-led'
        | 'frozen'
        | 'thawed'
        /** It is closed, or goes into the back-forward cache. */
        | 'left';
    };

export type WindowEffect =
  /** Terminates its own worker. */
  | 'end-worker'
  /** Its own worker, a new one if need be, makes ready to take over. */
  | 'stand-by'
  /** Looks for the core that takes over. */
  | 'seek'
  /** Calls wait until somebody is found. */
  | 'hold-calls'
  | 'use-own'
  | 'use-leader'
  /** Stops talking to the leader, and looking for one. */
  | 'leave-leader'
  | 'tell-begun'
  | 'tell-done'
  | 'tell-locked';

export type WindowStep = { readonly state: WindowState; readonly effects: readonly WindowEffect[] };

const LOBBY: WindowState = { at: 'lobby' };

export const stepWindow = (state: WindowState, event: WindowEvent): WindowStep => {
  const stay: WindowStep = { state, effects: [] };
  if (event.type === 'opened') return { state: { at: 'leading', vaultId: event.vaultId }, effects: [] };
  if (event.type === 'joined')
    return { state: { at: 'following', vaultId: event.vaultId }, effects: ['use-leader', 'stand-by'] };
  if (state.at === 'lobby') return event.type === 'worker-died' ? { state, effects: ['end-worker'] } : stay;

  const { at, vaultId } = state;
  const seek: WindowStep = {
    state: { at: 'between', vaultId },
    effects: ['leave-leader', 'hold-calls', 'tell-begun', 'seek'],
  };
  const end: WindowStep = { state: LOBBY, effects: ['end-worker', 'leave-leader', 'tell-locked'] };
  switch (event.type) {
    case 'leader-gone':
      return at === 'following' ? seek : stay;
    case 'took-over':
      if (at !== 'following' && at !== 'between') return stay;
      return { state: { at: 'leading', vaultId }, effects: ['leave-leader', 'use-own', 'tell-done'] };
    case 'welcomed':
      if (at !== 'between') return stay;
      return { state: { at: 'following', vaultId }, effects: ['use-leader', 'stand-by', 'tell-done'] };
    case 'nobody':
      return at === 'between' ? end : stay;
    case 'worker-died':
      if (at === 'leading') return { ...seek, effects: ['end-worker', ...seek.effects] };
      // One that crashes while it stands by would crash again: others may take over, this one does without.
      return { state, effects: ['end-worker'] };
    case 'better-led':
      return at === 'leading' ? { ...seek, effects: ['end-worker', ...seek.effects] } : stay;
    case 'frozen':
      if (at === 'frozen') return stay;
      return { state: { at: 'frozen', vaultId }, effects: ['end-worker', 'leave-leader', 'hold-calls'] };
    case 'thawed':
      return at === 'frozen' ? seek : stay;
    case 'locked':
    case 'left':
      return end;
  }
};

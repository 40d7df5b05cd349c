import type { VaultId } from '../domain/ids.ts';
import type { CoreEvent } from '../rpc/core-api.ts';
import type { MessageEndpoint } from '../rpc/core-messages.ts';

/**
 * How the windows of one open account talk. The window whose worker holds the vault is the leader; the others join it.
 *
 * | channel | between | carries |
 * |---|---|---|
 * | `sotto:<vault>` | everybody | joining, who leads, who is in front, events for all windows, the word to lock |
 * | `sotto:<vault>:<window>` | the leader's worker and one window | calls and their answers (src/rpc) |
 * | `sotto:<vault>:stand-by` | the leader's worker and those that stand by; no page | the key (stand-by.ts) |
 */
export type VaultMessage =
  /** A window asks the leader's worker for a channel of its own. */
  | { readonly join: WindowId }
  | { readonly welcome: WindowId; readonly rpcVersion: number }
  | { readonly leave: WindowId }
  /** Every window and every worker of the account ends what it holds. */
  | { readonly lock: true }
  /** A worker has taken over: windows join it, and say whether they are seen. */
  | { readonly leading: true }
  | { readonly present: WindowId; readonly isVisible: boolean }
  | { readonly event: CoreEvent };

/** Random; one per window and account. */
export type WindowId = string;

/** The part of `BroadcastChannel` that is used. */
export interface Channel extends MessageEndpoint {
  close(): void;
}

export type OpenChannel = (name: string) => Channel;

/**
 * A channel that is silent once it is closed. A `BroadcastChannel` throws then, and there is always somebody who still
 * wants to say something: a call that is answered after its window left, or the collector that frees a far end.
 */
export const openQuietly = (open: OpenChannel, name: string): Channel => {
  const channel = open(name);
  let isClosed = false;
  return {
    postMessage: (message) => {
      if (!isClosed) channel.postMessage(message);
    },
    addEventListener: (type, listener) => channel.addEventListener(type, listener),
    removeEventListener: (type, listener) => channel.removeEventListener(type, listener),
    close: () => {
      isClosed = true;
      channel.close();
    },
  };
};

export const vaultChannelName = (vaultId: VaultId): string => `sotto:${vaultId}`;
export const windowChannelName = (vaultId: VaultId, windowId: WindowId): string => `sotto:${vaultId}:${windowId}`;
export const standByChannelName = (vaultId: VaultId): string => `sotto:${vaultId}:stand-by`;

/** The members that a `VaultMessage` may have, each possibly absent: what came may be from another version. */
export type AnyVaultMessage = {
  readonly join?: WindowId;
  readonly welcome?: WindowId;
  readonly rpcVersion?: number;
  readonly leave?: WindowId;
  readonly lock?: boolean;
  readonly leading?: boolean;
  readonly present?: WindowId;
  readonly isVisible?: boolean;
  readonly event?: CoreEvent;
};

import type { VaultId } from '../domain/ids.ts';
import {
  openQuietly,
  vaultChannelName,
  type AnyVaultMessage,
  type OpenChannel,
  type VaultMessage,
  type WindowId,
} from './vault-channel.ts';

/** What the pages of an account tell each other, whoever of them leads. */
export interface VaultNews {
  /** Every other window and every worker of the account ends what it holds. */
  readonly tellLock: () => void;
  readonly tellPresence: (windowId: WindowId, isVisible: boolean) => void;
  /** The account is closed in this window: it does not count any more. */
  readonly tellLeave: (windowId: WindowId) => void;
  readonly close: () => void;
}

export type VaultNewsHandlers = {
  readonly onLock: () => void;
  /** Undefined: it has left. */
  readonly onPresence: (windowId: WindowId, isVisible: boolean | undefined) => void;
  /** Somebody has taken over, and knows nobody yet. */
  readonly onLeading: () => void;
};

export const hearVault = (openChannel: OpenChannel, vaultId: VaultId, handlers: VaultNewsHandlers): VaultNews => {
  const channel = openQuietly(openChannel, vaultChannelName(vaultId));
  const post = (message: VaultMessage): void => channel.postMessage(message);
  channel.addEventListener('message', ({ data }) => {
    const { lock, present, isVisible, leave, leading } = data as AnyVaultMessage;
    if (lock === true) handlers.onLock();
    if (present !== undefined) handlers.onPresence(present, isVisible === true);
    if (leave !== undefined) handlers.onPresence(leave, undefined);
    if (leading === true) handlers.onLeading();
  });
  return {
    tellLock: () => post({ lock: true }),
    tellPresence: (windowId, isVisible) => post({ present: windowId, isVisible }),
    tellLeave: (windowId) => post({ leave: windowId }),
    close: () => channel.close(),
  };
};

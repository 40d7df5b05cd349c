import type { VaultId } from '../domain/ids.ts';
import { memberOf } from '../rpc/core-messages.ts';
import { standByChannelName, type OpenChannel } from './vault-channel.ts';

/**
 * Between the workers of an account; no page opens this channel. The key derives and cannot be read, so it can be
 * posted, and it is never stored anywhere.
 */
type StandByMessage = { readonly ask: true } | { readonly give: CryptoKey };

/** The leader's end: gives the key to whoever stands by now, and to whoever asks later. Answers how to give it again. */
export const giveKey = (openChannel: OpenChannel, vaultId: VaultId, key: () => CryptoKey | undefined): (() => void) => {
  const channel = openChannel(standByChannelName(vaultId));
  const give = (): void => {
    const given = key();
    if (given !== undefined) channel.postMessage({ give: given } satisfies StandByMessage);
  };
  channel.addEventListener('message', ({ data }) => {
    if (memberOf(data, 'ask') === true) give();
  });
  give();
  return give;
};

/**
 * Takes the key and waits for the vault's lock. The browser gives the lock to the first in the queue the moment that its
 * holder ends, however it ends: no vote, no timer, no page is needed. Ends with the worker.
 */
export const standBy = (
  deps: {
    readonly openChannel: OpenChannel;
    readonly waitForLock: (vaultId: VaultId) => Promise<() => void>;
    /** Another window should rather lead. */
    readonly isBetterLed: () => boolean;
    readonly takeOver: (key: CryptoKey, releaseLock: () => void) => Promise<void>;
  },
  vaultId: VaultId,
): void => {
  const channel = deps.openChannel(standByChannelName(vaultId));
  let key: CryptoKey | undefined;

  const waitAndTake = async (): Promise<void> => {
    let release = await deps.waitForLock(vaultId);
    if (deps.isBetterLed()) {
      // Once to the end of the queue: where nobody better is there after all, the turn comes back at once.
      release();
      release = await deps.waitForLock(vaultId);
    }
    channel.close();
    if (key !== undefined) await deps.takeOver(key, release);
  };

  channel.addEventListener('message', ({ data }) => {
    const given = memberOf(data, 'give');
    if (!(given instanceof CryptoKey)) return;
    const isFirst = key === undefined;
    key = given;
    if (isFirst) void waitAndTake();
  });
  channel.postMessage({ ask: true } satisfies StandByMessage);
};

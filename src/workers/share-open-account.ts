import type { Core } from '../core/core.ts';
import type { DerivationKey } from '../crypto/hkdf.ts';
import type { VaultId } from '../domain/ids.ts';
import { err } from '../domain/result.ts';
import { createLeaderLock } from '../platform/leader-lock.ts';
import type { CoreApi, CoreEvent, UnlockError } from '../rpc/core-api.ts';
import { coreApiOver } from '../rpc/core-methods.ts';
import { openedVault } from '../rpc/opened-vault.ts';
import { hearVault } from '../tabs/vault-news.ts';
import { serveWindows, type ServedWindows } from '../tabs/serve-windows.ts';
import { standBy } from '../tabs/stand-by.ts';

export type SharedCore = {
  readonly api: CoreApi;
  /** To the windows that joined, if there are any. */
  readonly emit: (event: CoreEvent) => void;
  /** Makes ready to open a vault that another worker has open, when that one ends. */
  readonly standBy: (vaultId: VaultId, isBetterLed: () => boolean) => void;
};

/** Lets other windows use an account from the moment that this worker opened it, or took it over. */
export const shareOpenAccount = (
  core: Core,
  page: {
    readonly onVisible: () => void;
    readonly tellLeads: (vaultId: VaultId) => void;
    readonly tellNotLed: (vaultId: VaultId, reason: UnlockError) => void;
  },
): SharedCore => {
  const { api } = core;
  const openChannel = (name: string) => new BroadcastChannel(name);
  let serving: Promise<void> | undefined;
  let windows: ServedWindows | undefined;
  let waitsFor: VaultId | undefined;

  const shared = coreApiOver(async (method, input) => {
    const answer = await (api[method] as (input: unknown) => Promise<unknown>)(input);
    const vaultId = openedVault(method, input, answer);
    // Whoever unlocked does not wait for what other windows need; none can have joined yet.
    if (vaultId !== undefined) {
      endWhenLocked(vaultId);
      serving ??= serve(vaultId);
    }
    // The key that those who stand by hold opens the new header no more.
    if (method === 'renewKey') windows?.giveKey();
    return answer;
  });
  const serve = async (vaultId: VaultId): Promise<void> => {
    const { onVisible } = page;
    const { locks } = navigator;
    windows = await serveWindows(
      { api: shared, openChannel, locks, onVisible, resumeKey: () => core.resumeKey() },
      vaultId,
    );
  };
  /** The page ends this worker too; but a page that hangs would keep the key. */
  const endWhenLocked = (vaultId: VaultId): void => {
    const nothing = (): void => undefined;
    hearVault(openChannel, vaultId, { onLock: () => self.close(), onPresence: nothing, onLeading: nothing });
  };

  const takeOver = async (vaultId: VaultId, key: CryptoKey, releaseLock: () => void): Promise<void> => {
    const resumed = await core.resume({ vaultId, resumeKey: key as DerivationKey, releaseLock }).catch((error) => {
      reportError(error);
      return err<UnlockError>({ tag: 'storage-unavailable' });
    });
    if (!resumed.ok) {
      // It has given the lock back: the next one tries, and the last page finds nobody. Where one succeeds, this one
      // stands by again as soon as its page says so.
      waitsFor = undefined;
      // A password that was changed in another window is no failure: the new one is asked for.
      if (resumed.error.tag !== 'wrong-password') page.tellNotLed(vaultId, resumed.error);
      return;
    }
    page.tellLeads(vaultId);
    serving ??= serve(vaultId);
  };

  return {
    api: shared,
    emit: (event) => windows?.emit(event),
    standBy(vaultId, isBetterLed) {
      if (waitsFor === vaultId) return;
      waitsFor = vaultId;
      core.prepare();
      endWhenLocked(vaultId);
      const leaderLock = createLeaderLock(navigator.locks);
      standBy(
        {
          openChannel,
          waitForLock: () => leaderLock.wait(vaultId),
          isBetterLed,
          takeOver: (key, releaseLock) => takeOver(vaultId, key, releaseLock),
        },
        vaultId,
      );
    },
  };
};

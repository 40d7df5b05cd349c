import type { VaultId } from '../domain/ids.ts';
import type { CoreApi, CoreEvent } from '../rpc/core-api.ts';
import { coreApiOver } from '../rpc/core-methods.ts';
import { openedVault } from '../rpc/opened-vault.ts';

import { serveWindows, type ServedWindows } from '../tabs/serve-windows.ts';

export type SharedCore = {
  readonly api: CoreApi;
  /** To the windows that joined, if there are any. */
  readonly emit: (event: CoreEvent) => void;
};

/** Lets other windows use an account from the moment that this worker opened it. */
export const shareOpenAccount = (api: CoreApi, onVisible: () => void): SharedCore => {
  let serving: Promise<void> | undefined;
  let windows: ServedWindows | undefined;
  const openChannel = (name: string) => new BroadcastChannel(name);

  const shared = coreApiOver(async (method, input) => {
    const answer = await (api[method] as (input: unknown) => Promise<unknown>)(input);
    const vaultId = openedVault(method, input, answer);
    // Whoever unlocked does not wait for what other windows need; none can have joined yet.
    if (vaultId !== undefined) serving ??= serve(vaultId);
    return answer;
  });
  const serve = async (vaultId: VaultId): Promise<void> => {
    windows = await serveWindows({ api: shared, openChannel, locks: navigator.locks, onVisible }, vaultId);
  };
  return { api: shared, emit: (event) => windows?.emit(event) };
};

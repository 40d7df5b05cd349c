/** The core's worker: joins browser, core and windows, and decides nothing. */
import { createCore } from '../core/create-core.ts';
import type { VaultId } from '../domain/ids.ts';
import type { CoreEvent } from '../rpc/core-api.ts';
import { memberOf, type CoreToPage } from '../rpc/core-messages.ts';
import { exposeCore } from '../rpc/expose-core.ts';
import { createBrowserDeps } from './browser-deps.ts';
import { shareOpenAccount } from './share-open-account.ts';

const emit = (event: CoreEvent): void => {
  page.emit(event);
  shared.emit(event);
};
const { deps, noteVisible } = createBrowserDeps(emit);
const shared = shareOpenAccount(createCore(deps), {
  onVisible: noteVisible,
  tellLeads: (vaultId) => self.postMessage({ leads: vaultId } satisfies CoreToPage),
  tellNotLed: (vaultId, reason) => self.postMessage({ notLed: vaultId, reason } satisfies CoreToPage),
});

let isBetterLed = false;
// Listening begins before anything is awaited: a message that comes earlier would be lost.
self.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  const [vaultId, betterLed] = [memberOf(data, 'standBy'), memberOf(data, 'isBetterLed')];
  if (typeof betterLed === 'boolean') isBetterLed = betterLed;
  if (typeof vaultId === 'string') shared.standBy(vaultId as VaultId, () => isBetterLed);
});
const page = exposeCore(shared.api, self, { onVisible: noteVisible });

/** The core's worker: joins browser, core and windows, and decides nothing. */
import { createCore } from '../core/create-core.ts';
import type { CoreEvent } from '../rpc/core-api.ts';
import { exposeCore } from '../rpc/expose-core.ts';
import { createBrowserDeps } from './browser-deps.ts';
import { shareOpenAccount } from './share-open-account.ts';

const emit = (event: CoreEvent): void => {
  page.emit(event);
  shared.emit(event);
};
const { deps, noteVisible } = createBrowserDeps(emit);
const shared = shareOpenAccount(createCore(deps).api, noteVisible);
// Listening begins before anything is awaited: a message that comes earlier would be lost.
const page = exposeCore(shared.api, self, { onVisible: noteVisible });

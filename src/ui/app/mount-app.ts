import { createApp, createSSRApp } from 'vue';
import { createWebHashHistory } from 'vue-router';
import type { CoreClient } from '../../rpc/core-api.ts';
import type { AppUpdates } from '../../tabs/app-updates.ts';
import { t } from '../i18n/language.ts';
import { createKeepRequest } from '../stores/keep-request.ts';
import { createNoticesStore } from '../stores/notices-store.ts';
import { createPreferencesStore } from '../stores/preferences-store.ts';
import { createSessionStore } from '../stores/session-store.ts';
import { createUpdatesStore, noUpdates } from '../stores/updates-store.ts';
import '../styles/index.css';
import { appContextKey } from './app-context.ts';
import AppRoot from './app-root.vue';
import type { DrawnScreen } from './drawn-screen.ts';
import { createInviteInbox } from './invite-inbox.ts';
import { keepFocus } from './keep-focus.ts';
import { createAppRouter } from './router.ts';
import { rememberUnlockWords } from './unlock-words.ts';
import { untilDrawable } from './workspace-file.ts';

export type MountOptions = {
  readonly root: HTMLElement;
  readonly version: string;
  readonly updates?: AppUpdates;
  /** Wall clock in ms since 1970 UTC, for what is shown: "today", "14:32". */
  readonly now?: () => number;
  /** The unlock screen, where the page has drawn it already: it is taken over as it stands. */
  readonly drawn?: DrawnScreen | undefined;
};

/** Puts the whole app on the page. Everything it knows comes through `core`. */
export const mountApp = async (
  core: CoreClient,
  { root, version, updates = noUpdates, now = Date.now, drawn }: MountOptions,
): Promise<void> => {
  const preferences = createPreferencesStore(localStorage, document.documentElement);
  const notices = createNoticesStore();
  const keepRequest = createKeepRequest(navigator.storage);
  const session = createSessionStore({ core, now, untilDrawable, onAccountMade: keepRequest.ask });
  const invites = createInviteInbox();
  const appUpdates = createUpdatesStore({ updates, settle: session.drafts.settle, now });
  const router = createAppRouter({ invites, session }, createWebHashHistory());

  rememberUnlockWords(session.accounts, localStorage);
  const app = drawn === undefined ? createApp(AppRoot) : createSSRApp(AppRoot);
  app.provide(appContextKey, {
    session,
    keepRequest,
    preferences,
    notices,
    invites,
    updates: appUpdates,
    now,
    version,
    takeTyped: () => drawn?.takeTyped(),
  });
  app.use(router);

  // A call that failed in a way nobody foresaw: what is on screen stays, and the person is told.
  addEventListener('unhandledrejection', () => notices.say(t('app.unexpected'), 'problem'));
  if (drawn !== undefined) {
    await router.isReady();
    await session.recallAccounts();
  }
  app.mount(root);
  keepFocus(root);
  setTimeout(untilDrawable); // after the first paint
};

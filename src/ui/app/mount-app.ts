import { createApp, createSSRApp } from 'vue';
import { createWebHashHistory } from 'vue-router';
import type { CoreClient } from '../../rpc/core-api.ts';
import type { AppUpdates } from '../../tabs/app-updates.ts';
import { createKeepRequest } from '../stores/keep-request.ts';
import { createNoticesStore } from '../stores/notices-store.ts';
import { createPreferencesStore } from '../stores/preferences-store.ts';
import { createSessionStore, type SessionStore } from '../stores/session-store.ts';
import { createUpdatesStore, noUpdates } from '../stores/updates-store.ts';
import '../styles/index.css';
import { appContextKey } from './app-context.ts';
import AppRoot from './app-root.vue';
import type { DrawnScreen } from './drawn-screen.ts';
import { createInviteInbox } from './invite-inbox.ts';
import { keepFocus } from './keep-focus.ts';
import { createAppRouter } from './router.ts';
import { tellUnforeseen } from './unforeseen.ts';
import { rememberUnlockWords, UNLOCK_WORDS_KEY } from './unlock-words.ts';
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

  keepUnlockWords(session);

  const isTakenOver = drawn !== undefined && (await isAsDrawn(drawn, session));
  if (!isTakenOver) {
    drawn?.takeTyped(); // and nobody has it
    root.replaceChildren();
  }
  const app = isTakenOver ? createSSRApp(AppRoot) : createApp(AppRoot);
  app.provide(appContextKey, {
    session,
    keepRequest,
    preferences,
    notices,
    invites,
    updates: appUpdates,
    now,
    version,
    takeTyped: () => (isTakenOver ? drawn.takeTyped() : undefined),
  });
  app.use(router);

  // Of what no component asked; what one asked comes to `AppRoot`.
  addEventListener('unhandledrejection', ({ reason }) => tellUnforeseen(notices, reason));
  if (isTakenOver) await router.isReady();
  app.mount(root);
  keepFocus(root);
  setTimeout(untilDrawable); // after the first paint
};

/** The page drew what was known when the last window went. */
const isAsDrawn = async ({ vaultId }: DrawnScreen, session: SessionStore): Promise<boolean> => {
  const [account, ...others] = (await session.recallAccounts()) ?? [];
  return account?.vaultId === vaultId && account.state === 'locked' && others.length === 0;
};

const keepUnlockWords = ({ accounts, isListWhole, open }: SessionStore): void => {
  const words = rememberUnlockWords({ accounts, isListWhole, isOpen: () => open.value !== undefined }, localStorage);
  addEventListener('pagehide', words.leave);
  addEventListener('pageshow', words.look);
  addEventListener('storage', ({ key }) => {
    if (key === UNLOCK_WORDS_KEY) words.look();
  });
};

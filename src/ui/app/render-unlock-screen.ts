import { createSSRApp } from 'vue';
import { createMemoryHistory } from 'vue-router';
import { renderToString } from 'vue/server-renderer';
import type { VaultId } from '../../domain/ids.ts';
import { createNoticesStore } from '../stores/notices-store.ts';
import { createSessionStore } from '../stores/session-store.ts';
import { createUpdatesStore, noUpdates } from '../stores/updates-store.ts';
import type { CoreClient } from '../../rpc/core-api.ts';
import { appContextKey, type AppContext } from './app-context.ts';
import AppRoot from './app-root.vue';
import { toChats } from './destinations.ts';
import { createInviteInbox } from './invite-inbox.ts';
import { createAppRouter } from './router.ts';

const NOBODY = '00000000000000000000000000000000' as VaultId;

/**
 * The whole page while one account is locked, as the app itself will draw it, but for what `unlock-words.ts` says. Called
 * by the build.
 */
export const renderUnlockScreen = async (): Promise<string> => {
  const core: Pick<CoreClient, 'onEvent' | 'recallAccounts'> = {
    onEvent: () => () => undefined,
    recallAccounts: async () => [{ vaultId: NOBODY, label: undefined, state: 'locked' }],
  };
  const now = (): number => 0;
  const session = createSessionStore({ core: core as CoreClient, now });
  await session.recallAccounts();
  const invites = createInviteInbox();
  const router = createAppRouter({ invites, session }, createMemoryHistory('#'));
  const app = createSSRApp(AppRoot);
  const context: Omit<AppContext, 'keepRequest' | 'preferences'> = {
    session,
    invites,
    notices: createNoticesStore(),
    updates: createUpdatesStore({ updates: noUpdates, settle: session.drafts.settle, now }),
    now,
    version: '',
    takeTyped: () => undefined,
  };
  app.provide(appContextKey, context as AppContext);
  app.use(router);
  await router.push(toChats(NOBODY));
  return renderToString(app);
};

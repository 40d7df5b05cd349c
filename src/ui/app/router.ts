import { createRouter, START_LOCATION, type Router, type RouteRecordRaw, type RouterHistory } from 'vue-router';
import AccountGate from '../features/lock/account-gate.vue';
import AccountsScreen from '../features/lock/accounts-screen.vue';
import StartScreen from '../features/lock/start-screen.vue';
import MainEmpty from './main-empty.vue';
import type { SessionStore } from '../stores/session-store.ts';
import type { InviteInbox } from './invite-inbox.ts';
import { startDestination } from './start-destination.ts';
import { ConversationScreen } from './workspace-file.ts';

/** Which part of the workspace a narrow screen shows. */
export type Pane = 'list' | 'main';

declare module 'vue-router' {
  interface RouteMeta {
    readonly pane?: Pane;
  }
}

export type RouterDeps = { readonly invites: InviteInbox; readonly session: SessionStore };

/** What everybody meets at every start is in the first file; the rest comes when it is asked for. */
const routesOf = ({ invites, session }: RouterDeps): RouteRecordRaw[] => [
  {
    path: '/',
    name: 'start',
    component: StartScreen,
    // Whoever was here before is led on before anything is drawn.
    beforeEnter: async (_, from) => {
      const recalled = from === START_LOCATION ? await session.recallAccounts() : undefined;
      return recalled === undefined || startDestination(recalled);
    },
  },
  { path: '/welcome', name: 'welcome', component: () => import('../features/onboarding/welcome-screen.vue') },
  { path: '/new', name: 'create', component: () => import('../features/onboarding/create-account-screen.vue') },
  { path: '/accounts', name: 'accounts', component: AccountsScreen },
  {
    // Taken up before anything is drawn: the key in the fragment stays neither in the address nor in the history.
    path: '/i/:fragment(.*)',
    redirect: (to) => {
      invites.put(String(to.params.fragment));
      return { path: '/', replace: true };
    },
  },
  {
    path: '/a/:vaultId([0-9a-f]+)',
    component: AccountGate,
    children: [
      { path: '', name: 'chats', meta: { pane: 'list' }, component: MainEmpty },
      { path: 'requests', name: 'requests', meta: { pane: 'list' }, component: MainEmpty },
      {
        path: 'c/:conversationId([0-9a-f]+)/:about(about)?',
        name: 'conversation',
        meta: { pane: 'main' },
        component: ConversationScreen,
      },
      {
        path: 'new',
        name: 'people',
        meta: { pane: 'main' },
        component: () => import('../features/contacts/people-screen.vue'),
      },
      {
        path: 'invite',
        name: 'redeem',
        meta: { pane: 'main' },
        component: () => import('../features/contacts/redeem-screen.vue'),
      },
      {
        path: 'settings',
        name: 'settings',
        meta: { pane: 'main' },
        component: () => import('../features/settings/settings-screen.vue'),
      },
    ],
  },
  { path: '/:rest(.*)*', name: 'nowhere', component: () => import('./nowhere-screen.vue') },
];

export const createAppRouter = (deps: RouterDeps, history: RouterHistory): Router =>
  createRouter({ history, routes: routesOf(deps) });

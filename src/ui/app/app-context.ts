import { inject, provide, type InjectionKey } from 'vue';
import type { AccountStore } from '../stores/account-store.ts';
import type { KeepRequest } from '../stores/keep-request.ts';
import type { NoticesStore } from '../stores/notices-store.ts';
import type { PreferencesStore } from '../stores/preferences-store.ts';
import type { SessionStore } from '../stores/session-store.ts';
import type { UpdatesStore } from '../stores/updates-store.ts';
import type { InviteInbox } from './invite-inbox.ts';

export type Typed = { readonly text: string; readonly isSent: boolean };

/** What every screen may ask for. Made once by `mountApp`. */
export type AppContext = {
  readonly session: SessionStore;
  readonly keepRequest: KeepRequest;
  readonly preferences: PreferencesStore;
  readonly notices: NoticesStore;
  readonly invites: InviteInbox;
  readonly updates: UpdatesStore;
  readonly now: () => number;
  readonly version: string;
  /** What was typed into the password's field before the app was here; given out once. */
  readonly takeTyped: () => Typed | undefined;
};

export const appContextKey: InjectionKey<AppContext> = Symbol('app');
const accountKey: InjectionKey<AccountStore> = Symbol('account');

const injected = <T>(key: InjectionKey<T>): T => {
  const value = inject(key, undefined);
  if (value === undefined) throw new Error(`nothing provides ${String(key)} here`);
  return value;
};

export const useApp = (): AppContext => injected(appContextKey);

/** The account that is open in this window; only inside the workspace. */
export const useAccount = (): AccountStore => injected(accountKey);
export const provideAccount = (account: AccountStore): void => provide(accountKey, account);

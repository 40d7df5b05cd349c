import { shallowRef, type ShallowRef } from 'vue';
import type { VaultId } from '../../domain/ids.ts';
import { ok, type Result } from '../../domain/result.ts';
import type { CoreClient, CreateAccountError, LobbyApi, UnlockError } from '../../rpc/core-api.ts';
import type { AccountSummary, Me, StorageKind } from '../../rpc/dto.ts';
import { createAccountStore, type AccountStore } from './account-store.ts';
import { createUnsavedDrafts, type UnsavedDrafts } from './unsaved-drafts.ts';

type RemoveError = Extract<Awaited<ReturnType<LobbyApi['removeAccount']>>, { readonly ok: false }>['error'];

/** Somebody who wants to lock does not wait longer than this for a draft. */
const SETTLE_MS = 1_000;

/** Which accounts this device holds, and the one that this window belongs to. */
export type SessionStore = {
  /** Undefined until they were read once. */
  readonly accounts: Readonly<ShallowRef<readonly AccountSummary[] | undefined>>;
  /** False while a part of the browser's storage could not be read: accounts may be missing. */
  readonly isListWhole: Readonly<ShallowRef<boolean>>;
  readonly open: Readonly<ShallowRef<AccountStore | undefined>>;
  /** Why an account that nobody locked is not open any more. */
  readonly whyLocked: Readonly<ShallowRef<{ readonly vaultId: VaultId; readonly error: UnlockError } | undefined>>;
  readonly drafts: UnsavedDrafts;
  /** What a new account would rest in; undefined until it was asked once. */
  readonly storageKind: Readonly<ShallowRef<StorageKind | undefined>>;
  readonly loadStorageKind: () => Promise<void>;
  /** What was seen last time, without waiting for the core; undefined where nothing is known yet. */
  readonly recallAccounts: () => Promise<readonly AccountSummary[] | undefined>;
  readonly loadAccounts: () => Promise<readonly AccountSummary[]>;
  readonly create: (input: Parameters<LobbyApi['createAccount']>[0]) => Promise<Result<VaultId, CreateAccountError>>;
  readonly unlock: (vaultId: VaultId, password: string) => Promise<Result<Me, UnlockError>>;
  /** Goes along with another window that has this account open; false when none answers. */
  readonly join: (vaultId: VaultId) => Promise<boolean>;
  readonly lock: () => Promise<void>;
  /** Every account that is open in any window of this browser. */
  readonly lockAll: () => Promise<void>;
  readonly remove: (vaultId: VaultId) => Promise<Result<void, RemoveError>>;
};

export const createSessionStore = (deps: {
  readonly core: CoreClient;
  readonly now: () => number;
  /** Resolves when the screens of an open account are here. */
  readonly untilDrawable?: () => Promise<void>;
  /** The first moment at which there is something to keep. */
  readonly onAccountMade?: () => void;
}): SessionStore => {
  const { core } = deps;
  const storageKind = shallowRef<StorageKind>();
  const accounts = shallowRef<readonly AccountSummary[]>();
  const isListWhole = shallowRef(true);
  const open = shallowRef<AccountStore>();
  const whyLocked = shallowRef<SessionStore['whyLocked']['value']>();
  const drafts = createUnsavedDrafts();

  const loadAccounts = async () => {
    const found = await core.api.accounts();
    isListWhole.value = await core.api.isListWhole();
    accounts.value = found;
    return found;
  };
  const recallAccounts = async () => {
    const recalled = accounts.value ?? (await core.recallAccounts());
    accounts.value ??= recalled;
    return accounts.value;
  };
  /** Open in this window, if not yet on the screen. */
  let entered: AccountStore | undefined;
  const enter = async (vaultId: VaultId, me: Me) => {
    const account = createAccountStore(deps, vaultId, me);
    entered = account;
    whyLocked.value = undefined;
    // It comes with its list: an empty one would stand for a moment, and be drawn for nothing.
    await Promise.all([account.untilListed, deps.untilDrawable?.()]);
    if (entered === account) open.value = account;
  };
  const leave = () => {
    const left = entered?.vaultId;
    entered = undefined;
    open.value = undefined;
    // Known before the core is asked again: the password can be typed at once.
    accounts.value = accounts.value?.map((one) => (one.vaultId === left ? { ...one, state: 'locked' } : one));
    void loadAccounts();
  };

  core.onEvent((event) => {
    if (event.type === 'locked') {
      const { vaultId, reason } = event;
      if (vaultId !== entered?.vaultId) return;
      whyLocked.value = reason && { vaultId, error: reason };
      leave();
    } else entered?.receive(event);
  });

  return {
    accounts,
    isListWhole,
    open,
    whyLocked,
    drafts,
    storageKind,
    loadStorageKind: async () => {
      storageKind.value = await core.api.storageKind();
    },
    recallAccounts,
    loadAccounts,
    create: async (input) => {
      const created = await core.api.createAccount(input);
      if (!created.ok) return created;
      await enter(created.value.vaultId, await core.api.me());
      void loadAccounts();
      deps.onAccountMade?.();
      return ok(created.value.vaultId);
    },
    unlock: async (vaultId, password) => {
      const unlocked = await core.api.unlock({ vaultId, password });
      if (unlocked.ok) await enter(vaultId, unlocked.value);
      return unlocked;
    },
    join: async (vaultId) => {
      if (!(await core.joinOpenAccount(vaultId))) return false;
      await enter(vaultId, await core.api.me());
      return true;
    },
    lock: async () => {
      await drafts.settle(SETTLE_MS);
      await core.lock();
      leave();
    },
    lockAll: async () => {
      await drafts.settle(SETTLE_MS);
      await core.lockAll();
      leave();
    },
    remove: async (vaultId) => {
      const removed = await core.api.removeAccount({ vaultId });
      await loadAccounts();
      return removed;
    },
  };
};

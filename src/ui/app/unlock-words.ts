import { watchEffect, type ShallowRef } from 'vue';
import type { AccountSummary } from '../../rpc/dto.ts';
import { rememberedIds } from '../../tabs/remembered-accounts.ts';
import { hueClass } from '../components/face.ts';
import { accountName, unlockTitle } from '../features/lock/account-name.ts';
import { vaultMark } from '../features/lock/vault-mark.ts';

export const UNLOCK_WORDS_KEY = 'sotto.unlock'; // index.html reads it

/** What the unlock screen of one account says; `name`, `hue` and `mark` where its owner's name is not shown. */
type UnlockWords = {
  readonly vaultId: string;
  readonly title: string;
  readonly name?: string;
  readonly hue?: string;
  readonly mark?: string;
};

const wordsOf = (account: AccountSummary): UnlockWords => ({
  vaultId: account.vaultId,
  title: unlockTitle(account.label),
  ...(account.label === undefined && {
    name: accountName(account),
    hue: hueClass(account.vaultId),
    mark: vaultMark(account.vaultId),
  }),
});

export type UnlockWordsMemory = {
  /** The window goes: if it is the last one, the next start finds the account locked. */
  readonly leave: () => void;
  /** The words were put there by another window, or this window came back. */
  readonly look: () => void;
};

/**
 * Where this device holds one account and no window has it open, the next start draws its unlock screen before the app
 * is here, with these words. After a crash they are not there: that start waits for the app, as one beside an open
 * account does.
 */
export const rememberUnlockWords = (
  session: {
    readonly accounts: Readonly<ShallowRef<readonly AccountSummary[] | undefined>>;
    readonly isListWhole: Readonly<ShallowRef<boolean>>;
    readonly isOpen: () => boolean;
  },
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>,
): UnlockWordsMemory => {
  const { accounts, isListWhole, isOpen } = session;

  /** The account that the next start finds locked. Another window may know better by now what there is. */
  const next = (isGoing: boolean): AccountSummary | undefined => {
    const [account, ...others] = accounts.value ?? [];
    if (account === undefined || others.length > 0 || !isListWhole.value || (isOpen() && !isGoing)) return undefined;
    const isLocked = account.state === 'locked' || (isGoing && account.state === 'open');
    const known = rememberedIds(storage);
    return isLocked && known.length === 1 && known[0] === account.vaultId ? account : undefined;
  };
  const write = (isGoing: boolean): void => {
    const account = next(isGoing);
    try {
      if (account !== undefined) return storage.setItem(UNLOCK_WORDS_KEY, JSON.stringify(wordsOf(account)));
    } catch {
      // No room: the next start draws it a moment later, and an old text must not stay.
    }
    storage.removeItem(UNLOCK_WORDS_KEY);
  };
  watchEffect(() => {
    if (accounts.value !== undefined) write(false);
  });
  return {
    leave() {
      if (accounts.value !== undefined) write(true);
    },
    look() {
      if (accounts.value !== undefined && next(false) === undefined) storage.removeItem(UNLOCK_WORDS_KEY);
    },
  };
};

import { watchEffect, type ShallowRef } from 'vue';
import type { AccountSummary } from '../../rpc/dto.ts';
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
  {
    accounts,
    isOpen,
  }: { readonly accounts: Readonly<ShallowRef<readonly AccountSummary[] | undefined>>; readonly isOpen: () => boolean },
  storage: Pick<Storage, 'setItem' | 'removeItem'>,
): UnlockWordsMemory => {
  const write = (mayBeOpen: boolean): void => {
    const [account, ...others] = accounts.value ?? [];
    const isOne = others.length === 0 && (account?.state === 'locked' || (mayBeOpen && account?.state === 'open'));
    try {
      if (isOne && (mayBeOpen || !isOpen())) storage.setItem(UNLOCK_WORDS_KEY, JSON.stringify(wordsOf(account)));
      else storage.removeItem(UNLOCK_WORDS_KEY);
    } catch {
      storage.removeItem(UNLOCK_WORDS_KEY); // no room: the next start draws it a moment later
    }
  };
  watchEffect(() => {
    if (accounts.value !== undefined) write(false);
  });
  return {
    leave() {
      if (accounts.value !== undefined) write(true);
    },
    look() {
      if (isOpen()) storage.removeItem(UNLOCK_WORDS_KEY);
    },
  };
};

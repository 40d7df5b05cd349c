import { watch, type ShallowRef } from 'vue';
import type { AccountSummary } from '../../rpc/dto.ts';
import { hueClass } from '../components/face.ts';
import { accountName, unlockTitle } from '../features/lock/account-name.ts';
import { vaultMark } from '../features/lock/vault-mark.ts';

const KEY = 'sotto.unlock'; // index.html reads it

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

/** Where this device holds one account, the next start draws its unlock screen before the app is here. */
export const rememberUnlockWords = (
  accounts: Readonly<ShallowRef<readonly AccountSummary[] | undefined>>,
  storage: Pick<Storage, 'setItem' | 'removeItem'>,
): void => {
  watch(accounts, (known) => {
    const [account, ...others] = known ?? [];
    const isOne = others.length === 0 && (account?.state === 'locked' || account?.state === 'open');
    try {
      if (isOne) storage.setItem(KEY, JSON.stringify(wordsOf(account)));
      else storage.removeItem(KEY);
    } catch {
      storage.removeItem(KEY); // no room: the next start draws it a moment later
    }
  });
};

import type { AccountId } from '../../domain/ids.ts';
import type { StoredContact } from '../../storage/repositories/contacts-repository.ts';
import type { ProjectionRows } from './reading-deps.ts';

const SHORT_ID_DIGITS = 8;

/** The name that I gave, else the one that they sent, else the handle, else enough of the id to tell two apart. */
export const shownName = (contact: StoredContact): string =>
  contact.givenName ?? contact.profileName ?? contact.handle ?? shortId(contact.accountId);

const shortId = (accountId: AccountId): string => accountId.slice(0, SHORT_ID_DIGITS);

/** The names beside messages and titles. */
export interface NameBook {
  readonly me: () => string;
  readonly of: (accountId: AccountId) => string;
}

/** Reads every name once: for one answer, in which the same few people come again and again. */
export const createNameBook = ({ ownAccount, contacts }: Pick<ProjectionRows, 'ownAccount' | 'contacts'>): NameBook => {
  let ownName: string | undefined;
  const names = new Map<AccountId, string>();
  return {
    me: () => (ownName ??= ownAccount.read()?.name ?? ''),
    of(accountId) {
      const known = names.get(accountId);
      if (known !== undefined) return known;
      const contact = contacts.read(accountId);
      const name = contact === undefined ? shortId(accountId) : shownName(contact);
      names.set(accountId, name);
      return name;
    },
  };
};

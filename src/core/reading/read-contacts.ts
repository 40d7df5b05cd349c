import { err, ok, type Result } from '../../domain/result.ts';
import type { AccountId } from '../../domain/ids.ts';
import type { Unknown } from '../../rpc/core-api.ts';
import type { Contact } from '../../rpc/dto.ts';
import type { ContactPlace } from '../../storage/repositories/contacts-repository.ts';
import type { ProjectionRows } from './reading-deps.ts';
import { createContactView } from './to-contact.ts';

const PAGE_ROWS = 200;

/** Everybody who was added, and everybody blocked, so that they can be unblocked; by the name that is shown. */
export const listContacts = (rows: ProjectionRows): readonly Contact[] => {
  const view = createContactView(rows);
  const listed: Contact[] = [];
  let after: ContactPlace | undefined;
  do {
    const page = rows.contacts.page({ after, limit: PAGE_ROWS });
    listed.push(...page.contacts.map(view));
    after = page.next;
  } while (after !== undefined);
  return listed;
};

/** Also somebody who is known from a request only. */
export const readContact = (
  rows: ProjectionRows,
  { accountId }: { readonly accountId: AccountId },
): Result<Contact, Unknown> => {
  const stored = rows.contacts.read(accountId);
  return stored === undefined ? err({ tag: 'contact-unknown' }) : ok(createContactView(rows)(stored));
};

import { cutName } from '../../domain/names.ts';
import { LIMITS } from '../../domain/limits.ts';
import { err, type Result } from '../../domain/result.ts';
import type { ChangeError, SessionApi } from '../../rpc/core-api.ts';
import type { Contact } from '../../rpc/dto.ts';
import { commitChange } from '../context.ts';
import { cutText } from './cut-text.ts';
import { readContact } from './read-contacts.ts';
import type { ReadingDeps } from './reading-deps.ts';

/** How I call somebody, and what I note about them. An empty name gives back the one that they sent. */
export const updateContact = async (
  deps: Pick<ReadingDeps, 'db' | 'rows' | 'changes'>,
  { accountId, givenName, note }: Parameters<SessionApi['updateContact']>[0],
): Promise<Result<Contact, ChangeError>> => {
  const { rows, changes } = deps;
  const name = cutName(givenName);
  const changed = await commitChange(deps, () => {
    const stored = rows.contacts.read(accountId);
    if (stored === undefined) return false;
    rows.contacts.save({
      ...stored,
      givenName: name === '' ? undefined : name,
      note: cutText(note, LIMITS.textBytes),
    });
    changes.contact(accountId);
    const conversation = rows.conversations.withPeer(accountId);
    if (conversation !== undefined) changes.conversation(conversation.conversationId);
    return true;
  });
  if (!changed.ok) return changed;
  return changed.value ? readContact(rows, { accountId }) : err({ tag: 'contact-unknown' });
};

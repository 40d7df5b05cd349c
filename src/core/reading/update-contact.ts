import { cutName } from '../../domain/names.ts';
import { LIMITS } from '../../domain/limits.ts';
import { err, type Result } from '../../domain/result.ts';
import type { SessionApi, Unknown } from '../../rpc/core-api.ts';
import type { Contact } from '../../rpc/dto.ts';
import { cutText } from './cut-text.ts';
import { durably } from './durably.ts';
import { readContact } from './read-contacts.ts';
import type { ReadingDeps } from './reading-deps.ts';

/** How I call somebody, and what I note about them. An empty name gives back the one that they sent. */
export const updateContact = async (
  deps: Pick<ReadingDeps, 'db' | 'rows' | 'changes'>,
  { accountId, givenName, note }: Parameters<SessionApi['updateContact']>[0],
): Promise<Result<Contact, Unknown>> => {
  const { rows, changes } = deps;
  const name = cutName(givenName);
  const isKnown = await durably(deps, () => {
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
  return isKnown ? readContact(rows, { accountId }) : err({ tag: 'contact-unknown' });
};

import type { AccountId } from '../../domain/ids.ts';
import { err, type Result } from '../../domain/result.ts';
import type { ChangeError } from '../../rpc/core-api.ts';
import type { Contact } from '../../rpc/dto.ts';
import { commitChange, type AccountContext } from '../context.ts';
import { forgetRequest } from './decline-request.ts';
import { readContact } from '../reading/read-contacts.ts';

/** What somebody blocked sends is taken from the relay, dropped and never answered. */
export const setBlocked = async (
  context: AccountContext,
  { accountId, isBlocked }: { readonly accountId: AccountId; readonly isBlocked: boolean },
): Promise<Result<Contact, ChangeError>> => {
  const { rows, changes, deps } = context;
  const contact = rows.contacts.read(accountId);
  if (contact === undefined) return err({ tag: 'contact-unknown' });
  const saved = await commitChange(context, () => {
    rows.contacts.save({ ...contact, blockedAtMs: isBlocked ? deps.clock() : undefined });
    changes.contact(accountId);
    const conversation = rows.conversations.withPeer(accountId);
    if (conversation === undefined) return;
    if (conversation.state === 'requested') {
      if (isBlocked) forgetRequest(context, conversation.conversationId, accountId);
      return;
    }
    const isHeard = rows.groups
      .ofConversation(conversation.conversationId)
      .some(
        ({ groupId }) => rows.groups.sender(groupId, 0) !== undefined || rows.groups.sender(groupId, 1) !== undefined,
      );
    const unblocked = isHeard ? 'active' : 'waiting';
    rows.conversations.setState(conversation.conversationId, isBlocked ? 'blocked' : unblocked);
    changes.conversation(conversation.conversationId);
  });
  return saved.ok ? readContact(rows, { accountId }) : saved;
};

import type { AccountId, ConversationId, GroupId } from '../../domain/ids.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { ChangeError } from '../../rpc/core-api.ts';
import { commitChange, type AccountContext } from '../context.ts';

/** Forgets a request and everything kept for it. The other side is told nothing. */
export const declineRequest = (
  context: AccountContext,
  { conversationId, block }: { readonly conversationId: ConversationId; readonly block: boolean },
): Promise<Result<void, ChangeError>> =>
  context.queue.run(async () => {
    const { rows, changes, deps } = context;
    const conversation = rows.conversations.read(conversationId);
    if (conversation === undefined) return ok(undefined); // declined before, and asked again: nothing is left of it
    if (conversation.state !== 'requested' || conversation.peer === undefined) {
      return err({ tag: 'conversation-unknown' });
    }
    const { peer } = conversation;
    const declined = await commitChange(context, () => {
      forgetRequest(context, conversationId, peer);
      const contact = rows.contacts.read(peer);
      if (contact !== undefined && block) rows.contacts.save({ ...contact, blockedAtMs: deps.clock() });
      changes.contact(peer);
    });
    return declined.ok ? ok(undefined) : declined;
  });

/** The conversation, and every envelope that was kept for it. Within a transaction. */
export const forgetRequest = (
  { rows }: Pick<AccountContext, 'rows'>,
  conversationId: ConversationId,
  peer: AccountId,
): void => {
  const groupIds = new Set<GroupId>();
  for (const held of rows.held.withReason('request')) if (held.fromAccount === peer) groupIds.add(held.groupId);
  for (const groupId of groupIds) rows.held.releaseGroup(groupId);
  rows.conversations.remove(conversationId);
};

import type { AccountId, ConversationId } from '../../domain/ids.ts';
import type { AccountContext } from '../context.ts';

/**
 * Conversations in which something waits although there is neither a group nor an opening: the one before was refused
 * and somebody pressed "try again", or it ended with the device that one of the two replaced.
 */
export const unopenedConversations = ({
  rows,
}: Pick<AccountContext, 'rows'>): readonly { readonly conversationId: ConversationId; readonly peer: AccountId }[] =>
  rows.outbox.unopened().flatMap((conversationId) => {
    const { peer, state } = rows.conversations.read(conversationId) ?? {};
    return peer !== undefined && (state === 'active' || state === 'waiting') ? [{ conversationId, peer }] : [];
  });

import type { ConversationId } from '../../domain/ids.ts';
import type { AccountContext } from '../context.ts';
import { moveDelivery } from './set-delivery.ts';

/**
 * The other side cannot be reached: its key packages do not fit, or the relay took none of them. What waited for the
 * group is told as failed, and an opening goes with it; a retry claims anew. Within a transaction.
 */
export const failConversation = (context: AccountContext, conversationId: ConversationId): void => {
  const { rows, changes } = context;
  for (const item of rows.outbox.due(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)) {
    if (item.conversationId !== conversationId) continue;
    rows.outbox.remove(item.id);
    if (item.arrival === undefined) continue;
    moveDelivery(context, item.arrival, { tag: 'given-up', failure: 'recipient-unreachable' });
  }
  changes.waiting();
};

import type { OutboxItem } from '../../storage/repositories/outbox-repository.ts';
import type { AccountContext } from '../context.ts';
import { moveDelivery } from './set-delivery.ts';

/**
 * The other side cannot be reached: its key packages do not fit, or the relay took none of them. What waited for the
 * group is told as failed; a retry claims anew. Within a transaction.
 */
export const failConversation = (context: AccountContext, opening: OutboxItem): void => {
  const { rows, changes } = context;
  rows.outbox.remove(opening.id);
  for (const item of rows.outbox.due(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)) {
    if (item.conversationId !== opening.conversationId) continue;
    rows.outbox.remove(item.id);
    if (item.arrival === undefined) continue;
    moveDelivery(context, item.arrival, { tag: 'given-up', failure: 'recipient-unreachable' });
  }
  changes.waiting();
};

import { nextDelivery, type DeliveryEvent } from '../../domain/delivery.ts';
import type { AccountContext } from '../context.ts';

/** Moves an own message along its states and tells it. Within a transaction. */
export const moveDelivery = (
  { rows, changes }: Pick<AccountContext, 'rows' | 'changes'>,
  arrival: number,
  event: DeliveryEvent,
): void => {
  const message = rows.messages.byArrival(arrival);
  if (message?.delivery === undefined) return;
  const next = nextDelivery(message.delivery, event);
  if (next === message.delivery) return;
  rows.messages.setDelivery(arrival, next);
  changes.message(message.conversationId, arrival);
};

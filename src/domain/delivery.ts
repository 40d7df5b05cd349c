/**
 * How far a message of one's own has come (docs/protocol/sync.md, "Outbox"). Only an end-to-end receipt says that it
 * arrived; the relay's word says no more than that the relay has it.
 */
/**
 * `expired`: no receipt for as long as the relay keeps a message. Whose receipt is still on its way and who never fetched
 * look the same from here, so it says no more than that.
 */
export type DeliveryFailure = 'expired' | 'refused' | 'recipient-unreachable';

export type DeliveryState =
  | { readonly tag: 'stored' }
  | { readonly tag: 'at-relay' }
  | { readonly tag: 'on-device' }
  | { readonly tag: 'failed'; readonly failure: DeliveryFailure };

export type DeliveryEvent =
  | { readonly tag: 'accepted' }
  | { readonly tag: 'receipt' }
  /** Nothing can bring this sealing there: it lay unanswered past its time, or was refused for good. */
  | { readonly tag: 'given-up'; readonly failure: DeliveryFailure }
  | { readonly tag: 'retried' };

/**
 * Total: every event has an answer in every state, because answers of the relay, receipts and a person's retry cross
 * each other on the way. A receipt ends it, whatever was thought before.
 */
export const nextDelivery = (state: DeliveryState, event: DeliveryEvent): DeliveryState => {
  if (state.tag === 'on-device') return state;
  switch (event.tag) {
    case 'receipt':
      return { tag: 'on-device' };
    case 'accepted':
      return { tag: 'at-relay' };
    case 'given-up':
      return { tag: 'failed', failure: event.failure };
    case 'retried':
      return state.tag === 'failed' ? { tag: 'stored' } : state;
  }
};

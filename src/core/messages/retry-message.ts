import type { MessageId } from '../../domain/ids.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { ChangeError } from '../../rpc/core-api.ts';
import type { Message } from '../../rpc/dto.ts';
import { textBody } from '../../wire/payload.ts';
import { encodeWith } from '../../wire/schema.ts';
import { commitChange, type AccountContext } from '../context.ts';
import { payloadIntent } from '../exchange/intent.ts';
import { moveDelivery } from '../exchange/set-delivery.ts';
import { createNameBook } from '../reading/shown-name.ts';
import { toMessage } from '../reading/to-message.ts';

/** Sends a failed message again under the same id: should it have arrived after all, it is shown once. */
export const retryMessage = async (
  context: AccountContext,
  { messageId }: { readonly messageId: MessageId },
): Promise<Result<Message, ChangeError>> => {
  const { rows, deps, changes } = context;
  const identity = context.identity();
  const message = identity && rows.messages.byId(identity.accountId, messageId);
  if (message?.text === undefined) return err({ tag: 'message-unknown' });
  const { arrival, conversationId, text, time, kind } = message;
  if (message.delivery?.tag === 'failed') {
    const retried = await commitChange(context, () => {
      moveDelivery(context, arrival, { tag: 'retried' });
      rows.outbox.add({
        conversationId,
        class: 'message',
        kind,
        messageId,
        arrival,
        payload: encodeWith(payloadIntent, { time, body: encodeWith(textBody, { text }), renewals: 0 }),
        createdAtMs: deps.clock(),
      });
      changes.waiting();
    });
    if (!retried.ok) return retried;
  }
  context.poke();
  return ok(toMessage(createNameBook(rows), rows.messages.byArrival(arrival) ?? message));
};

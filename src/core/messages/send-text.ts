import { tickHybrid } from '../../domain/hybrid-time.ts';
import type { ConversationId, MessageId } from '../../domain/ids.ts';
import { LIMITS } from '../../domain/limits.ts';
import { createMessageId, isMessageId } from '../../domain/message-id.ts';
import { utf8Length } from '../../domain/names.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { SendError } from '../../rpc/core-api.ts';
import type { Message } from '../../rpc/dto.ts';
import { PAYLOAD_FORMAT, PAYLOAD_KIND, textBody } from '../../wire/payload.ts';
import { encodeWith } from '../../wire/schema.ts';
import { commitChange, type AccountContext } from '../context.ts';
import { isBroken } from '../exchange/broken-conversation.ts';
import { payloadIntent } from '../exchange/intent.ts';
import { createNameBook } from '../reading/shown-name.ts';
import { toMessage } from '../reading/to-message.ts';

/** One transaction {message row, outbox intent}. It is sealed when it goes out: the epoch may move while offline. */
export const sendText = async (
  context: AccountContext,
  input: { readonly conversationId: ConversationId; readonly text: string; readonly messageId?: MessageId },
): Promise<Result<Message, SendError>> => {
  const { conversationId, text } = input;
  const { rows, deps, changes } = context;
  const known = storedBefore(context, input.messageId);
  if (known !== undefined) return ok(toMessage(createNameBook(rows), known));
  const refusal = refuse(context, conversationId, text);
  if (refusal !== undefined) return err(refusal);
  const identity = context.identity();
  if (identity === undefined) return err({ tag: 'conversation-unknown' });
  const nowMs = deps.clock();
  const messageId = input.messageId ?? createMessageId(nowMs, deps.random);

  const store = () =>
    commitChange(context, () => {
      const time = tickHybrid(rows.counters.hybridTime(), nowMs);
      rows.counters.saveHybridTime(time);
      const message = rows.messages.insertOwn(conversationId, {
        messageId,
        author: { accountId: identity.accountId, deviceIndex: identity.deviceIndex },
        kind: PAYLOAD_KIND.text,
        format: PAYLOAD_FORMAT,
        text,
        body: undefined,
        time,
        sentAtMs: nowMs,
        relayAtMs: undefined,
        storedAtMs: nowMs,
      });
      rows.outbox.add({
        conversationId,
        class: 'message',
        kind: PAYLOAD_KIND.text,
        messageId,
        arrival: message.arrival,
        payload: encodeWith(payloadIntent, { time, body: encodeWith(textBody, { text }), renewals: 0 }),
        createdAtMs: nowMs,
      });
      changes.message(conversationId, message.arrival);
      changes.waiting();
      return message;
    });
  let stored = await store();
  // Being refused made the database ask again how much room there is: somebody may just have made some.
  if (!stored.ok && stored.error.tag === 'storage-full' && (await context.db.settle()).ok) stored = await store();
  if (!stored.ok) return stored;
  context.poke();
  return ok(toMessage(createNameBook(rows), stored.value));
};

/** Asked again, after the core that stored it ended before it could say so. */
const storedBefore = ({ rows, identity }: AccountContext, messageId: MessageId | undefined) => {
  const author = identity();
  if (messageId === undefined || author === undefined) return undefined;
  if (!isMessageId(messageId)) throw new TypeError('not a message id');
  const known = rows.messages.byId(author.accountId, messageId);
  if (known === undefined && rows.messages.hasSeen(author.accountId, messageId))
    throw new Error('a message that was deleted is sent again');
  return known;
};

const refuse = ({ rows }: AccountContext, conversationId: ConversationId, text: string): SendError | undefined => {
  if (text.trim() === '') return { tag: 'text-empty' };
  if (utf8Length(text) > LIMITS.textBytes) return { tag: 'text-too-long' };
  const conversation = rows.conversations.read(conversationId);
  switch (conversation?.state) {
    case undefined:
    case 'left':
      return { tag: 'conversation-unknown' };
    case 'requested':
      return { tag: 'not-accepted' };
    case 'blocked':
      return { tag: 'blocked' };
    case 'active':
    case 'waiting':
      if (isBroken(rows.groups, conversationId)) return { tag: 'conversation-broken' };
      return rows.outbox.waitingCount() >= LIMITS.pendingOutbox ? { tag: 'outbox-full' } : undefined;
  }
};

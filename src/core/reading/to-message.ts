import { encodePosition } from '../../domain/timeline-position.ts';
import type { Message, MessageBody } from '../../rpc/dto.ts';
import type { StoredMessage } from '../../storage/repositories/message-rows.ts';
import { PAYLOAD_KIND } from '../../wire/payload.ts';
import { noticeOfKind } from './notice-kinds.ts';
import type { NameBook } from './shown-name.ts';

/** A sender's clock that is off by less is not worth a line below the message (docs/protocol/payload.md). */
const SENT_EARLIER_MS = 5 * 60_000;

/** @param names of this answer: `createNameBook` */
export const toMessage = (names: NameBook, stored: StoredMessage): Message => {
  const { author, isMine, delivery, sentAtMs } = stored;
  const shownAtMs = stored.relayAtMs ?? stored.storedAtMs;
  return {
    messageId: stored.messageId,
    conversationId: stored.conversationId,
    position: encodePosition(stored.position),
    author: {
      isMe: isMine,
      accountId: author.accountId,
      name: isMine ? names.me() : names.of(author.accountId),
    },
    body: toBody(stored),
    shownAtMs,
    sentEarlierAtMs: shownAtMs - sentAtMs > SENT_EARLIER_MS ? sentAtMs : undefined,
    delivery: delivery?.tag,
    failure: delivery?.tag === 'failed' ? delivery.failure : undefined,
  };
};

/** A kind or notice of a later release, which wrote to this database before, is shown as unknown and kept. */
const toBody = ({ kind, text }: StoredMessage): MessageBody => {
  if (kind === PAYLOAD_KIND.text && text !== undefined) return { kind: 'text', text };
  const notice = noticeOfKind(kind);
  return notice === undefined ? { kind: 'unknown' } : { kind: 'notice', notice };
};

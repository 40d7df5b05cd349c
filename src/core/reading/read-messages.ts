import { err, ok, type Result } from '../../domain/result.ts';
import type { ConversationId, MessageId } from '../../domain/ids.ts';
import type { TimelinePosition } from '../../domain/timeline-position.ts';
import type { MessagesQuery, Unknown } from '../../rpc/core-api.ts';
import type { MessagePage } from '../../rpc/dto.ts';
import type { TimelinePage } from '../../storage/repositories/timeline-repository.ts';
import { boundedLimit } from './page-limit.ts';
import { parsePosition } from './parse-position.ts';
import type { ReadingRows } from './reading-deps.ts';
import { createNameBook } from './shown-name.ts';
import { toMessage } from './to-message.ts';

const PAGE_ROWS = 200;

type MessageRows = Pick<ReadingRows, 'ownAccount' | 'contacts' | 'conversations' | 'messages' | 'timeline'>;

/** One screen of a conversation, with what the page needs to know about what lies beyond it. */
export const readMessages = (
  rows: MessageRows,
  { conversationId, from, limit }: MessagesQuery,
): Result<MessagePage, Unknown> => {
  if (rows.conversations.read(conversationId) === undefined) return err({ tag: 'conversation-unknown' });
  const firstUnread = rows.timeline.firstUnread(conversationId);
  const page = readPage(rows, conversationId, from, boundedLimit(limit, PAGE_ROWS), firstUnread?.position);
  if (page === undefined) return err({ tag: 'message-unknown' });
  const names = createNameBook(rows);
  return ok({
    messages: page.messages.map((stored) => toMessage(names, stored)),
    hasOlder: page.hasOlder,
    hasNewer: page.hasNewer,
    firstUnread: firstUnread?.messageId,
  });
};

/** Undefined where the message to read around is not in this conversation. */
const readPage = (
  { timeline, messages }: MessageRows,
  conversationId: ConversationId,
  from: MessagesQuery['from'],
  limit: number,
  unread: TimelinePosition | undefined,
): TimelinePage | undefined => {
  if ('before' in from) return timeline.before(conversationId, parsePosition(from.before), limit);
  if ('after' in from) return timeline.after(conversationId, parsePosition(from.after), limit);
  if ('around' in from) {
    const position = positionOf(messages, conversationId, from.around);
    return position && timeline.around(conversationId, position, limit);
  }
  return from.at === 'unread' && unread !== undefined
    ? timeline.around(conversationId, unread, limit)
    : timeline.newest(conversationId, limit);
};

const positionOf = (
  messages: MessageRows['messages'],
  conversationId: ConversationId,
  messageId: MessageId,
): TimelinePosition | undefined =>
  messages.byMessageId(messageId).find((message) => message.conversationId === conversationId)?.position;

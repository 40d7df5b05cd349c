import type { ConversationId, MessageId } from '../../domain/ids.ts';
import type { SessionApi } from '../../rpc/core-api.ts';
import type { SearchHit } from '../../rpc/dto.ts';
import { boundedLimit } from './page-limit.ts';
import type { ReadingRows } from './reading-deps.ts';
import { createNameBook } from './shown-name.ts';
import { titleOf } from './to-conversation-summary.ts';
import { toMessage } from './to-message.ts';

const PAGE_ROWS = 100;
/** Every word is a look-up of its own: whoever pastes a page into the search field waits no longer than others. */
const QUERY_CHARACTERS = 256;

type SearchRows = Pick<ReadingRows, 'ownAccount' | 'contacts' | 'conversations' | 'messages' | 'search'>;

/** Newest first, by arrival on this device, or the best of the newest 2,000 first. Nothing comes after a message that is not there any more. */
export const searchMessages = (
  rows: SearchRows,
  { query, conversationId, after, limit, order }: Parameters<SessionApi['search']>[0],
): readonly SearchHit[] => {
  const before = after === undefined ? undefined : arrivalOf(rows, after);
  if (after !== undefined && before === undefined) return [];
  const hits = rows.search.search({
    query: query.slice(0, QUERY_CHARACTERS),
    conversationId,
    before,
    limit: boundedLimit(limit, PAGE_ROWS),
    order,
  });

  const names = createNameBook(rows);
  const titles = new Map<ConversationId, string>();
  const readTitle = (id: ConversationId): string => {
    const conversation = rows.conversations.read(id);
    return conversation === undefined ? '' : titleOf(names, conversation);
  };
  return hits.map(({ message, snippet }) => {
    const conversationTitle = titles.get(message.conversationId) ?? readTitle(message.conversationId);
    titles.set(message.conversationId, conversationTitle);
    return { message: toMessage(names, message), conversationTitle, snippet };
  });
};

/** Of the oldest, where two devices claim one id: going on from the newest could bring the same page for ever. */
const arrivalOf = ({ messages }: SearchRows, messageId: MessageId): number | undefined =>
  messages.byMessageId(messageId)[0]?.arrival;

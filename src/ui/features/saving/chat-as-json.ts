import type { Message } from '../../../rpc/dto.ts';
import type { ChatFormat } from './saved-chat.ts';

/** For programs: docs/protocol/saved-chat.md. */
export const chatAsJson: ChatFormat = {
  mediaType: 'application/json',
  extension: 'json',
  begin: ({ conversation, me, savedAtMs, count }) => {
    const head = {
      format: 'sotto-chat',
      version: 1,
      savedAt: isoOf(savedAtMs),
      conversation: { id: conversation.conversationId, kind: conversation.kind, title: conversation.title },
      me: { id: me.accountId, name: me.name },
      count,
    };
    return `${JSON.stringify(head).slice(0, -1)},"messages":[`;
  },
  messages: (messages, before) =>
    messages.map((message, index) => `${index > 0 || before !== undefined ? ',' : ''}\n${toLine(message)}`).join(''),
  end: () => '\n]}\n',
};

const isoOf = (atMs: number): string => new Date(atMs).toISOString();

const toLine = ({ messageId, author, body, shownAtMs, sentEarlierAtMs, delivery, failure }: Message): string =>
  JSON.stringify({
    id: messageId,
    at: isoOf(shownAtMs),
    writtenAt: sentEarlierAtMs === undefined ? undefined : isoOf(sentEarlierAtMs),
    author: body.kind === 'notice' ? undefined : { id: author.accountId, name: author.name, isMe: author.isMe },
    ...body,
    delivery,
    failure,
  });

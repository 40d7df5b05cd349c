import type { AccountId, ConversationId, MessageId } from '../../../../domain/ids.ts';
import type { Message } from '../../../../rpc/dto.ts';

export const conversationId = 'c0'.repeat(16) as ConversationId;
/** Noon of the machine's own time zone: days are the reader's. */
const NOON_MS = new Date(2026, 10, 23, 12).getTime();

/** Message `number`, ten minutes after the one before; `m3` says "text 3". */
export const someMessage = (number: number, change: Partial<Message> = {}): Message => ({
  messageId: `m${number}` as MessageId,
  conversationId,
  position: String(number).padStart(8, '0'),
  author: { isMe: false, accountId: 'aa'.repeat(32) as AccountId, name: 'Ada' },
  body: { kind: 'text', text: `text ${number}` },
  shownAtMs: NOON_MS + number * 600_000,
  sentEarlierAtMs: undefined,
  delivery: undefined,
  failure: undefined,
  ...change,
});

export const byMe = { isMe: true, accountId: 'bb'.repeat(32) as AccountId, name: 'Bo' } as const;

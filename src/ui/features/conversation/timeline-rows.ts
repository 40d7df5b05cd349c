import type { AccountId, ConversationId, MessageId } from '../../../domain/ids.ts';
import type { Message, Position } from '../../../rpc/dto.ts';
import type { PendingSend } from '../../stores/pending-sends.ts';
import { dayKeyOf, type DayKey } from '../../i18n/dates.ts';

/** Messages of one person within this time read as one breath. */
const GROUP_MS = 5 * 60_000;

/** One message with its place among its neighbours. */
export type TimelineRow = {
  readonly key: string;
  readonly message: Message;
  /** First of a group: carries the name and the larger gap. */
  readonly starts: boolean;
  /** Last of a group: carries the face. */
  readonly ends: boolean;
  readonly isBelowRule: boolean;
  readonly isPending: boolean;
};

export type DaySection = { readonly day: DayKey; readonly atMs: number; readonly rows: readonly TimelineRow[] };

export type RowsInput = {
  readonly messages: readonly Message[];
  readonly pending: readonly PendingSend[];
  readonly keyOf: (messageId: MessageId) => string;
  readonly conversationId: ConversationId;
  readonly firstUnread: MessageId | undefined;
};

/** A message on its way into storage, shaped like one that is there: without delivery, because nothing is known yet. */
const messageOfPending = ({ key, text, atMs }: PendingSend, { conversationId }: RowsInput): Message => ({
  messageId: key as MessageId,
  conversationId,
  position: '',
  author: { isMe: true, accountId: '' as AccountId, name: '' },
  body: { kind: 'text', text },
  shownAtMs: atMs,
  sentEarlierAtMs: undefined,
  delivery: undefined,
  failure: undefined,
});

const isSameAuthor = ({ author: a }: Message, { author: b }: Message): boolean =>
  a.isMe || b.isMe ? a.isMe === b.isMe : a.accountId === b.accountId;

const joins = (earlier: Message | undefined, later: Message | undefined): boolean =>
  earlier !== undefined &&
  later !== undefined &&
  earlier.body.kind !== 'notice' &&
  later.body.kind !== 'notice' &&
  isSameAuthor(earlier, later) &&
  later.shownAtMs - earlier.shownAtMs < GROUP_MS &&
  dayKeyOf(earlier.shownAtMs) === dayKeyOf(later.shownAtMs);

/** Rows in groups and days, oldest first: the shape that the timeline draws. */
export const sectionsOf = (input: RowsInput): readonly DaySection[] => {
  const { messages, pending, keyOf, firstUnread } = input;
  const all = [...messages, ...pending.map((send) => messageOfPending(send, input))];
  const isRule = (message: Message | undefined) => message !== undefined && message.messageId === firstUnread;

  const sections: { day: DayKey; atMs: number; rows: TimelineRow[] }[] = [];
  all.forEach((message, index) => {
    const next = all[index + 1];
    const row: TimelineRow = {
      key: index < messages.length ? keyOf(message.messageId) : message.messageId,
      message,
      starts: isRule(message) || !joins(all[index - 1], message),
      ends: isRule(next) || !joins(message, next),
      isBelowRule: isRule(message),
      isPending: index >= messages.length,
    };
    const day = dayKeyOf(message.shownAtMs);
    const last = sections.at(-1);
    if (last?.day === day) last.rows.push(row);
    else sections.push({ day, atMs: message.shownAtMs, rows: [row] });
  });
  return sections;
};

/**
 * How far somebody has read who sees the timeline down to the row `lowest`: to the last message of others in it. One's
 * own may have no place yet, and no position of others compares with that.
 */
export const readPosition = (rows: readonly TimelineRow[], lowest: string | undefined): Position | undefined => {
  const seen = rows.slice(0, rows.findIndex(({ key }) => key === lowest) + 1);
  return seen.findLast(({ message }) => !message.author.isMe)?.message.position;
};

import { describe, expect, it } from 'vitest';
import type { AccountId, ConversationId, MessageId } from '../../../domain/ids.ts';
import type { Message } from '../../../rpc/dto.ts';
import { readPosition, sectionsOf } from './timeline-rows.ts';

const noon = new Date(2026, 10, 23, 12).getTime();
const minute = 60_000;
const conversationId = 'c0' as ConversationId;

const message = (id: string, author: string, minutes: number, body: Message['body'] = { kind: 'text', text: id }) =>
  ({
    messageId: id as MessageId,
    conversationId,
    position: id,
    author: { isMe: author === 'aa', accountId: author as AccountId, name: author },
    body,
    shownAtMs: noon + minutes * minute,
    sentEarlierAtMs: undefined,
    delivery: undefined,
    failure: undefined,
  }) satisfies Message;

const draw = (messages: readonly Message[], firstUnread?: string, pending: readonly string[] = []) =>
  sectionsOf({
    messages,
    pending: pending.map((text, index) => ({ key: `sent-${index}`, text, atMs: noon + 10 * minute })),
    keyOf: (id) => id,
    conversationId,
    firstUnread: firstUnread as MessageId | undefined,
  });

/** `(` begins a group, `)` ends one, `|` is the unread rule. */
const shape = (messages: readonly Message[], firstUnread?: string) =>
  draw(messages, firstUnread)
    .flatMap(({ rows }) => rows)
    .map((row) => `${row.isBelowRule ? '|' : ''}${row.starts ? '(' : ''}${row.key}${row.ends ? ')' : ''}`)
    .join(' ');

describe('rows of a conversation', () => {
  it('joins what one person says within five minutes', () => {
    expect(shape([message('a', 'bb', 0), message('b', 'bb', 4), message('c', 'bb', 9)])).toBe('(a b) (c)');
  });

  it('parts people, and parts a person around a notice', () => {
    expect(shape([message('a', 'bb', 0), message('b', 'aa', 0), message('c', 'bb', 1)])).toBe('(a) (b) (c)');
    const notice = message('n', 'bb', 1, { kind: 'notice', notice: 'new-device' });
    expect(shape([message('a', 'bb', 0), notice, message('c', 'bb', 2)])).toBe('(a) (n) (c)');
  });

  it('breaks a group at the unread rule', () => {
    expect(shape([message('a', 'bb', 0), message('b', 'bb', 1), message('c', 'bb', 2)], 'b')).toBe('(a) |(b c)');
  });

  it('begins a section at each midnight of the reader, even within a minute', () => {
    const sections = draw([message('a', 'bb', 11 * 60 + 59), message('b', 'bb', 12 * 60)]);
    expect(sections.map(({ rows }) => rows.map(({ key, starts }) => [key, starts]))).toEqual([
      [['a', true]],
      [['b', true]],
    ]);
  });

  it('shows what is being sent as the newest rows, under a key that stays', () => {
    const rows = draw([message('a', 'aa', 8)], undefined, ['one', 'two']).flatMap((section) => section.rows);
    expect(rows.map(({ key, isPending, starts }) => [key, isPending, starts])).toEqual([
      ['a', false, true],
      ['sent-0', true, false],
      ['sent-1', true, false],
    ]);
  });

  it('draws nothing for nothing', () => {
    expect(draw([])).toEqual([]);
  });
});

describe('how far somebody has read', () => {
  const rowsOf = (messages: readonly Message[]) => draw(messages).flatMap((section) => section.rows);
  const mine = (id: string): Message => ({
    ...message(id, 'aa', 3),
    position: 'pppp',
    author: { isMe: true, accountId: 'aa' as AccountId, name: '' },
  });

  it('is the last of others’ messages on screen, whatever of one’s own stands below and has no place yet', () => {
    const rows = rowsOf([message('a', 'bb', 0), message('b', 'bb', 1), mine('c'), message('d', 'bb', 4)]);
    expect(['a', 'b', 'c', 'd'].map((key) => readPosition(rows, key))).toEqual(
      ['a', 'b', 'b', 'd'].map((id) => rows.find(({ key }) => key === id)?.message.position),
    );
  });

  it('is nothing where only one’s own is seen, or nothing', () => {
    expect(readPosition(rowsOf([mine('c')]), 'c')).toBeUndefined();
    expect(readPosition(rowsOf([mine('c')]), undefined)).toBeUndefined();
  });
});

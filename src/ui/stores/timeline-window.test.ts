import { describe, expect, it } from 'vitest';
import type { ConversationId, MessageId } from '../../domain/ids.ts';
import type { Message } from '../../rpc/dto.ts';
import {
  appendPage,
  emptyWindow,
  mergeMessages,
  prependPage,
  trimNewer,
  trimOlder,
  WINDOW_ROWS,
  type TimelineWindow,
} from './timeline-window.ts';

const message = (index: number, text = String(index)): Message => ({
  messageId: `m${index}` as MessageId,
  conversationId: 'c' as ConversationId,
  position: String(index).padStart(6, '0'),
  author: { isMe: false, accountId: 'aa' as Message['author']['accountId'], name: 'A' },
  body: { kind: 'text', text },
  shownAtMs: index,
  sentEarlierAtMs: undefined,
  delivery: undefined,
  failure: undefined,
});
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => message(from + index));
const ids = (window: TimelineWindow) => window.messages.map(({ messageId }) => Number(messageId.slice(1)));
const page = (from: number, to: number, ends: { hasOlder?: boolean; hasNewer?: boolean } = {}) => ({
  messages: range(from, to),
  hasOlder: true,
  hasNewer: true,
  firstUnread: undefined,
  ...ends,
});
const middle: TimelineWindow = { messages: range(100, 110), hasOlder: true, hasNewer: true };

describe('the loaded part of a conversation', () => {
  it('grows at both ends without doubling a message', () => {
    const older = prependPage(middle, page(95, 102, { hasOlder: false }));
    expect(ids(older)).toEqual(ids({ ...middle, messages: range(95, 110) }));
    expect(older.hasOlder).toBe(false);
    expect(ids(appendPage(older, page(108, 112)))).toEqual(ids({ ...middle, messages: range(95, 112) }));
  });

  it('forgets rows far from the reader, never near ones', () => {
    const long: TimelineWindow = { messages: range(0, 400), hasOlder: false, hasNewer: false };
    expect(trimNewer(long, 10).messages).toHaveLength(WINDOW_ROWS);
    expect(trimNewer(long, 10).hasNewer).toBe(true);
    expect(ids(trimNewer(long, 300)).at(-1)).toBe(360);
    expect(ids(trimOlder(long, 390))[0]).toBe(160);
    expect(ids(trimOlder(long, 200))[0]).toBe(140);
    expect(trimOlder(long, 30)).toBe(long);
  });

  it('replaces a known message where it stands', () => {
    const merged = mergeMessages(middle, [message(104, 'now at the relay')]);
    expect(merged.messages[4]?.body).toEqual({ kind: 'text', text: 'now at the relay' });
    expect(merged.messages).toHaveLength(10);
  });

  it('lets a late message in between, and leaves what lies beyond its ends to their pages', () => {
    const gap: TimelineWindow = { ...middle, messages: [message(100), message(109)] };
    expect(ids(mergeMessages(gap, [message(105), message(50), message(300)]))).toEqual([100, 105, 109]);
  });

  it('takes new messages in at an end that is loaded, in order', () => {
    const atEnd = { ...middle, hasNewer: false };
    expect(ids(mergeMessages(atEnd, [message(111), message(110)])).slice(-2)).toEqual([110, 111]);
    expect(ids(mergeMessages(emptyWindow, [message(1)]))).toEqual([1]);
  });

  it('deletes, and an event cannot bring a deleted message back', () => {
    expect(ids(mergeMessages(middle, [message(105)], ['m105' as MessageId]))).not.toContain(105);
  });
});

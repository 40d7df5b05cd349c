import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodePosition } from '../../domain/timeline-position.ts';
import type { MessagesQuery } from '../../rpc/core-api.ts';
import type { MessagePage } from '../../rpc/dto.ts';
import { NOTICE_KINDS } from './notice-kinds.ts';
import {
  BORIS,
  ME,
  MONDAY,
  openReading,
  toConversation,
  toMessageId,
  WITH_BORIS,
  WITH_CARLA,
  type ReadingFixture,
} from './testing/reading-fixture.ts';

const MINUTE = 60_000;

const read = async (
  { reading }: ReadingFixture,
  from: MessagesQuery['from'],
  limit = 50,
  conversationId = WITH_BORIS,
): Promise<MessagePage> => {
  const page = await reading.messages({ conversationId, from, limit });
  if (!page.ok) throw new Error(page.error.tag);
  return page.value;
};

const textsOf = ({ messages }: MessagePage): string[] =>
  messages.map(({ body }) => (body.kind === 'text' ? body.text : body.kind));

const receiveMany = ({ receive }: ReadingFixture, count: number): void => {
  for (let sequence = 1; sequence <= count; sequence += 1) receive(sequence, `message ${sequence}`);
};

test('a received message says who wrote it, what, and when', async () => {
  const fixture = await openReading();
  const stored = fixture.receive(7, 'Hello Ada', { sentAtMs: MONDAY - MINUTE });
  const page = await read(fixture, { at: 'newest' });
  expect(page).toEqual({
    messages: [
      {
        messageId: stored.messageId,
        conversationId: WITH_BORIS,
        position: encodePosition({ generation: 0, sequence: 7 }),
        author: { isMe: false, accountId: BORIS, name: 'Boris' },
        body: { kind: 'text', text: 'Hello Ada' },
        shownAtMs: MONDAY,
        sentEarlierAtMs: undefined,
        delivery: undefined,
        failure: undefined,
      },
    ],
    hasOlder: false,
    hasNewer: false,
    firstUnread: stored.messageId,
  });
});

test('own messages stand last until the relay takes them, and say how far they have come', async () => {
  const fixture = await openReading();
  const own = fixture.compose('written offline');
  fixture.receive(3, 'came in later');
  const before = await read(fixture, { at: 'newest' });
  expect(textsOf(before)).toEqual(['came in later', 'written offline']);
  expect(before.messages[1]).toMatchObject({ author: { isMe: true, accountId: ME, name: 'Ada' }, delivery: 'stored' });

  fixture.write(() => fixture.rows.messages.accept(own, { generation: 0, sequence: 2 }, MONDAY + MINUTE));
  const after = await read(fixture, { at: 'newest' });
  expect(textsOf(after)).toEqual(['written offline', 'came in later']);
  expect(after.messages[0]).toMatchObject({ delivery: 'at-relay', shownAtMs: MONDAY + MINUTE });
});

test('an own message that could not be brought there says why', async () => {
  const fixture = await openReading();
  const own = fixture.compose('nobody will read this');
  fixture.write(() => fixture.rows.messages.setDelivery(own.arrival, { tag: 'failed', failure: 'expired' }));
  const page = await read(fixture, { at: 'newest' });
  expect(page.messages[0]).toMatchObject({ delivery: 'failed', failure: 'expired' });
});

test('a message that lay with its sender for more than five minutes says so, a clock that is ahead does not', async () => {
  const fixture = await openReading();
  fixture.receive(1, 'five minutes', { sentAtMs: MONDAY - 5 * MINUTE });
  fixture.receive(2, 'more', { sentAtMs: MONDAY - 5 * MINUTE - 1 });
  fixture.receive(3, 'from the future', { sentAtMs: MONDAY + 500 * MINUTE });
  const { messages } = await read(fixture, { at: 'newest' });
  expect(messages.map(({ sentEarlierAtMs }) => sentEarlierAtMs)).toEqual([
    undefined,
    MONDAY - 5 * MINUTE - 1,
    undefined,
  ]);
});

test('what a newer version made is shown as such, and notices of the app as notices', async () => {
  const fixture = await openReading();
  fixture.receive(1, undefined, { kind: 900, body: Uint8Array.of(1) });
  fixture.receive(2, 'a poll, found by search', { kind: 901 });
  fixture.notice(2, -900);
  for (const kind of Object.values(NOTICE_KINDS)) fixture.notice(3, kind);
  const { messages } = await read(fixture, { at: 'newest' });
  expect(messages.map(({ body }) => body)).toEqual([
    { kind: 'unknown' },
    { kind: 'unknown' },
    { kind: 'unknown' },
    { kind: 'notice', notice: 'relay-restored' },
    { kind: 'notice', notice: 'older-copy' },
    { kind: 'notice', notice: 'conversation-broken' },
    { kind: 'notice', notice: 'undecryptable' },
    { kind: 'notice', notice: 'new-device' },
    { kind: 'notice', notice: 'messages-missing' },
    { kind: 'notice', notice: 'conversation-started' },
  ]);
});

test('a chat with much unread opens at the first unread message, with what was read above it', async () => {
  const fixture = await openReading();
  receiveMany(fixture, 100);
  await fixture.reading.markRead({
    conversationId: WITH_BORIS,
    upTo: encodePosition({ generation: 0, sequence: 40 }),
  });
  const page = await read(fixture, { at: 'unread' }, 20);
  const texts = textsOf(page);
  expect(texts[0]).toBe('message 31');
  expect(texts.at(-1)).toBe('message 51');
  expect(page).toMatchObject({ hasOlder: true, hasNewer: true });
  expect(page.firstUnread).toBe(page.messages[10]?.messageId);
});

test('a chat that is all read opens at its end', async () => {
  const fixture = await openReading();
  receiveMany(fixture, 30);
  await fixture.reading.markRead({
    conversationId: WITH_BORIS,
    upTo: encodePosition({ generation: 0, sequence: 30 }),
  });
  const page = await read(fixture, { at: 'unread' }, 10);
  expect(textsOf(page).at(-1)).toBe('message 30');
  expect(page).toMatchObject({ hasOlder: true, hasNewer: false, firstUnread: undefined });
});

test('a jump from search lands on the message with its neighbours on both sides', async () => {
  const fixture = await openReading();
  receiveMany(fixture, 50);
  const [target] = (await read(fixture, { before: encodePosition({ generation: 0, sequence: 26 }) }, 1)).messages;
  const page = await read(fixture, { around: target?.messageId ?? toMessageId(0) }, 10);
  expect(textsOf(page)).toEqual(Array.from({ length: 11 }, (_, index) => `message ${20 + index}`));
  expect(page).toMatchObject({ hasOlder: true, hasNewer: true });
});

test('a message of another chat, or of none, cannot be jumped to', async () => {
  const fixture = await openReading();
  const elsewhere = fixture.receive(1, 'hello', { conversationId: WITH_CARLA });
  for (const around of [elsewhere.messageId, toMessageId(404)]) {
    expect(await fixture.reading.messages({ conversationId: WITH_BORIS, from: { around }, limit: 10 })).toEqual({
      ok: false,
      error: { tag: 'message-unknown' },
    });
  }
});

test('a chat that is not there is unknown, an empty one is empty', async () => {
  const fixture = await openReading();
  const unknown = { conversationId: toConversation(404), from: { at: 'newest' }, limit: 10 } as const;
  expect(await fixture.reading.messages(unknown)).toEqual({ ok: false, error: { tag: 'conversation-unknown' } });
  expect(await read(fixture, { at: 'unread' })).toEqual({
    messages: [],
    hasOlder: false,
    hasNewer: false,
    firstUnread: undefined,
  });
});

test('no page is larger than 200 messages, whatever is asked for', async () => {
  const fixture = await openReading();
  receiveMany(fixture, 230);
  expect((await read(fixture, { at: 'newest' }, 100_000)).messages).toHaveLength(200);
  expect((await read(fixture, { at: 'newest' }, -5)).messages).toHaveLength(1);
  await expect(read(fixture, { at: 'newest' }, Number.NaN)).rejects.toThrow(RangeError);
});

test('a position that no message ever had is refused', async () => {
  const fixture = await openReading();
  await expect(read(fixture, { before: "0' OR 1=1" })).rejects.toThrow(RangeError);
});

test('scrolling up from the end, or down from the beginning, meets every message once and in order', async () => {
  const fixture = await openReading();
  receiveMany(fixture, 23);
  for (const sequence of [1, 8, 8, 8, 20]) fixture.notice(sequence, NOTICE_KINDS['messages-missing']);
  for (let count = 0; count < 4; count += 1) fixture.compose(`waiting ${count}`);
  const all = textsOf(await read(fixture, { at: 'newest' }, 200));
  expect(all).toHaveLength(32);

  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 12 }), async (limit) => {
      let page = await read(fixture, { at: 'newest' }, limit);
      let collected = [...page.messages];
      while (page.hasOlder) {
        page = await read(fixture, { before: collected[0]?.position ?? '' }, limit);
        collected = [...page.messages, ...collected];
      }
      expect(textsOf({ ...page, messages: collected })).toEqual(all);

      page = await read(fixture, { after: encodePosition({ generation: 0, sequence: 0 }) }, limit);
      collected = [...page.messages];
      while (page.hasNewer) {
        page = await read(fixture, { after: collected.at(-1)?.position ?? '' }, limit);
        collected = [...collected, ...page.messages];
      }
      expect(textsOf({ ...page, messages: collected })).toEqual(all);
    }),
    { numRuns: 12 },
  );
});

import { expect, test } from 'vitest';
import type { DepositId, GroupId } from '../../domain/ids.ts';
import type { StoredMessage } from '../../storage/repositories/message-rows.ts';
import { openReading, toMessageId, WITH_BORIS, WITH_CARLA, type ReadingFixture } from './testing/reading-fixture.ts';

const search = ({ reading }: ReadingFixture, query: string) =>
  reading.search({ query, conversationId: undefined, after: undefined, limit: 10 });

const intend = ({ rows, write }: ReadingFixture, { conversationId, messageId, arrival }: StoredMessage) =>
  write(() =>
    rows.outbox.add({
      conversationId,
      class: 'message',
      kind: 0,
      messageId,
      arrival,
      payload: Uint8Array.of(1),
      createdAtMs: 0,
    }),
  );

test('a deleted message is gone from the chat, from search, from the list and from what is unread', async () => {
  const fixture = await openReading();
  const { reading, rows, receive } = fixture;
  receive(1, 'keep this');
  const { messageId } = receive(2, 'forget the password tulip');
  expect(await reading.deleteMessage({ messageId })).toEqual({ ok: true, value: undefined });

  const page = await reading.messages({ conversationId: WITH_BORIS, from: { at: 'newest' }, limit: 10 });
  expect(page).toMatchObject({ value: { messages: [{ body: { text: 'keep this' } }] } });
  expect(await search(fixture, 'tulip')).toEqual([]);
  expect(await search(fixture, 'keep')).toHaveLength(1);
  expect(rows.conversations.read(WITH_BORIS)).toMatchObject({ unreadCount: 1, last: { text: 'keep this' } });
  expect(rows.messages.count()).toBe(1);
});

test('all windows are told which one is gone, and what the list shows now', async () => {
  const { reading, receive, events } = await openReading();
  const { messageId } = receive(1, 'hello');
  await reading.deleteMessage({ messageId });
  expect(events).toMatchObject([
    { type: 'messages', conversationId: WITH_BORIS, changed: [], deleted: [messageId] },
    { type: 'conversations', changed: [{ conversationId: WITH_BORIS, last: undefined, unreadCount: 0 }] },
  ]);
});

test('a repeat of a deleted message does not bring it back', async () => {
  const { reading, rows, receive } = await openReading();
  const { messageId, author } = receive(1, 'hello');
  await reading.deleteMessage({ messageId });
  expect(rows.messages.hasSeen(author.accountId, messageId)).toBe(true);
});

test('a message that is deleted again, by a page that did not hear the answer, is gone', async () => {
  const { reading, receive, events } = await openReading();
  const { messageId } = receive(1, 'hello');
  await reading.deleteMessage({ messageId });
  const told = events.length;
  expect(await reading.deleteMessage({ messageId })).toEqual({ ok: true, value: undefined });
  expect(events.length).toBe(told);
});

test('an own message that has not left yet is not sent any more', async () => {
  const fixture = await openReading();
  const own = fixture.compose('better not');
  const kept = fixture.compose('but this', WITH_CARLA);
  intend(fixture, own);
  intend(fixture, kept);
  await fixture.reading.deleteMessage({ messageId: own.messageId });
  expect(fixture.rows.outbox.waitingCount()).toBe(1);
  expect(fixture.rows.outbox.byMessage(kept.messageId)).toHaveLength(1);
  expect(fixture.waitingTold()).toBe(1);
});

test('one that is sealed goes out, so that nobody is told of a message that is missing', async () => {
  const fixture = await openReading();
  const own = fixture.compose('too late');
  const { id } = intend(fixture, own);
  fixture.write(() =>
    fixture.rows.outbox.seal(id, {
      bytes: Uint8Array.of(1),
      depositId: '77'.repeat(16) as DepositId,
      groupId: '99'.repeat(16) as GroupId,
      base: 0,
      head: 0,
    }),
  );
  await fixture.reading.deleteMessage({ messageId: own.messageId });
  expect(fixture.rows.outbox.waitingCount()).toBe(1);
  expect(fixture.waitingTold()).toBe(1);
});

test('a receipt that was still owed for it is let go, and those for others stay owed', async () => {
  const { reading, rows, receive, write } = await openReading();
  const [gone, kept] = [receive(1, 'hello'), receive(1, 'hello', { conversationId: WITH_CARLA })];
  write(() => {
    rows.receipts.owe(WITH_BORIS, gone.arrival);
    rows.receipts.owe(WITH_CARLA, kept.arrival);
  });
  await reading.deleteMessage({ messageId: gone.messageId });
  expect(rows.receipts.owed(10)).toEqual([{ conversationId: WITH_CARLA, messageIds: [kept.messageId] }]);
});

test('a message that is not there is unknown, and nobody is told anything', async () => {
  const { reading, events } = await openReading();
  expect(await reading.deleteMessage({ messageId: toMessageId(404) })).toEqual({
    ok: false,
    error: { tag: 'message-unknown' },
  });
  expect(events).toEqual([]);
});

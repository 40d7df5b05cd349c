import { expect, test } from 'vitest';
import { NOTICE_KINDS } from './notice-kinds.ts';
import { BORIS, MONDAY, openReading, toConversation, WITH_BORIS, WITH_CARLA } from './testing/reading-fixture.ts';

const MINUTE = 60_000;

test('whoever wrote last stands first, with the beginning of what they wrote on one line', async () => {
  const { reading, receive } = await openReading();
  receive(1, 'Good morning,\n\n  are you  there? ', { relayAtMs: MONDAY + MINUTE });

  const [first, second] = await reading.conversations({ limit: 10, after: undefined });

  expect(first).toEqual({
    conversationId: WITH_BORIS,
    kind: 'direct',
    title: 'Boris',
    peer: BORIS,
    state: 'active',
    last: { preview: 'Good morning, are you there?', atMs: MONDAY + MINUTE, isMine: false, delivery: undefined },
    sortAtMs: MONDAY + MINUTE,
    unreadCount: 1,
    draft: '',
  });
  expect(second).toMatchObject({ title: 'Carla', last: undefined, unreadCount: 0 });
});

test('an own message that waits shows how far it has come', async () => {
  const { reading, compose } = await openReading();
  compose('On my way');
  const found = await reading.conversation({ conversationId: WITH_BORIS });
  expect(found).toMatchObject({
    ok: true,
    value: { last: { preview: 'On my way', isMine: true, delivery: 'stored' } },
  });
});

test('a long list comes page by page, each conversation once, also where many moved in one millisecond', async () => {
  const { reading, createConversation } = await openReading();
  for (let number = 10; number < 35; number += 1) {
    createConversation({ conversationId: toConversation(number), kind: 'group', title: `Group ${number}` });
  }

  const seen: string[] = [];
  let after: ReturnType<typeof toConversation> | undefined;
  do {
    const page = await reading.conversations({ limit: 10, after });
    seen.push(...page.map(({ conversationId }) => conversationId));
    after = page.at(-1)?.conversationId;
  } while (after !== undefined);

  expect(seen).toHaveLength(27);
  expect(new Set(seen).size).toBe(27);
  expect(seen[0]).toBe(toConversation(34));
  expect(seen.at(-1)).toBe(WITH_BORIS);
});

test('requests stand apart from the list', async () => {
  const { reading, createConversation, saveContact, receive } = await openReading();
  const stranger = 'dd'.repeat(32) as typeof BORIS;
  const request = toConversation(3);
  saveContact({ accountId: stranger, handle: 'dora', addedAtMs: undefined });
  createConversation({ conversationId: request, peer: stranger, state: 'requested' });
  receive(1, 'Do you remember me?', { conversationId: request, author: { accountId: stranger, deviceIndex: 0 } });

  const listed = await reading.conversations({ limit: 10, after: undefined });
  expect(listed.map(({ title }) => title)).toEqual(['Carla', 'Boris']);
  expect(await reading.requests()).toMatchObject([
    { conversationId: request, title: 'dora', state: 'requested', unreadCount: 1 },
  ]);
});

test('a group carries its own title, and whoever has no name at all is told apart by their id', async () => {
  const { reading, createConversation } = await openReading();
  createConversation({ conversationId: toConversation(5), kind: 'group', title: 'Choir' });
  createConversation({ conversationId: toConversation(6), peer: 'ee'.repeat(32) as typeof BORIS });
  const titles = (await reading.conversations({ limit: 10, after: undefined })).map(({ title }) => title);
  expect(titles).toEqual(['eeeeeeee', 'Choir', 'Carla', 'Boris']);
});

test('a conversation that was left can be read and not be written to', async () => {
  const { reading, rows, write } = await openReading();
  write(() => rows.conversations.setState(WITH_CARLA, 'left'));
  expect(await reading.conversation({ conversationId: WITH_CARLA })).toMatchObject({ value: { state: 'blocked' } });
});

test('a notice is not the last message of a conversation, and a message of a later kind has no preview', async () => {
  const { reading, notice, receive } = await openReading();
  notice(1, NOTICE_KINDS['conversation-started']);
  expect(await reading.conversation({ conversationId: WITH_BORIS })).toMatchObject({ value: { last: undefined } });
  receive(2, undefined, { kind: 900, body: Uint8Array.of(1) });
  expect(await reading.conversation({ conversationId: WITH_BORIS })).toMatchObject({
    value: { last: { preview: '' } },
  });
});

test('a conversation that is not there is said to be unknown', async () => {
  const { reading } = await openReading();
  const nowhere = toConversation(404);
  expect(await reading.conversation({ conversationId: nowhere })).toEqual({
    ok: false,
    error: { tag: 'conversation-unknown' },
  });
  expect(await reading.conversations({ limit: 10, after: nowhere })).toEqual([]);
});

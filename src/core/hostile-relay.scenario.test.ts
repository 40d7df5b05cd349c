import { expect, test } from 'vitest';
import type { MessageId } from '../domain/ids.ts';
import { LIMITS } from '../domain/limits.ts';
import { PAYLOAD_KIND } from '../wire/payload.ts';
import type { InboxItem, RelayResponse } from '../wire/relay-api.ts';
import { encodeWith } from '../wire/schema.ts';
import { payloadIntent } from './exchange/intent.ts';
import { HANDLE_CLAIM, writeSetting } from './settings.ts';
import type { Faults } from './testing/faulty-relay.ts';
import { allArrived, ask, meet, say } from './testing/meet.ts';
import { createPeople } from './testing/people.ts';
import { tamper } from './testing/tamper.ts';
import { until } from './testing/test-client.ts';

/** What a relay does to the pages of a mailbox. */
const onFetch = (change: (items: readonly InboxItem[]) => readonly InboxItem[]): Faults => ({
  alter: (operation, answer) => {
    if (operation !== 'fetch') return answer;
    const page = answer as RelayResponse<'fetch'>;
    return { ...page, items: change(page.items) } as typeof answer;
  },
});

test('an envelope that the relay shows again, later and under another number, is shown once', async () => {
  const { person } = createPeople({ haveHandles: true });
  const recorded: InboxItem[] = [];
  const replay = onFetch((items) => {
    const last = items.at(-1);
    recorded.push(...items);
    if (last === undefined) return items;
    return [
      ...items,
      ...recorded.map((item, index) => ({ ...item, cursor: last.cursor, sequence: last.sequence + index })),
    ];
  });
  const [ana, bruno] = [await person('Ana'), await person('Bruno', replay)];
  const conversationId = await meet(ana, bruno);
  for (const text of ['1', '2', '3']) {
    await say(ana, conversationId, text);
    await allArrived(ana, conversationId);
  }
  expect(await bruno.texts(conversationId)).toEqual(['hello', '1', '2', '3']);
});

test('a page in another order is read in the order that the relay numbered', async () => {
  const { person } = createPeople({ haveHandles: true });
  const [ana, bruno] = [
    await person('Ana'),
    await person(
      'Bruno',
      onFetch((items) => [...items].reverse()),
    ),
  ];
  const conversationId = await meet(ana, bruno);
  bruno.goOffline();
  for (const text of ['1', '2', '3', '4', '5']) await say(ana, conversationId, text);
  await until('at the relay', async () => (await ana.messages(conversationId)).at(-1)?.delivery === 'at-relay');
  bruno.goOnline();
  await allArrived(ana, conversationId);
  expect(await bruno.texts(conversationId)).toEqual(['hello', '1', '2', '3', '4', '5']);
});

test.each([2 ** 40, 2 ** 48 - 1, Number.MAX_SAFE_INTEGER])('a number far ahead (%d) is not believed', async (jump) => {
  const { person } = createPeople({ haveHandles: true });
  let isAhead = false;
  const ahead = onFetch((items) => items.map((item) => (isAhead ? { ...item, sequence: jump } : item)));
  const [ana, bruno] = [await person('Ana'), await person('Bruno', ahead)];
  const conversationId = await meet(ana, bruno);
  isAhead = true;
  for (const text of ['1', '2']) await say(ana, conversationId, text);
  await until('at the relay', async () => (await ana.messages(conversationId)).at(-1)?.delivery === 'at-relay');
  await bruno.turn();
  isAhead = false;
  expect(await bruno.texts(conversationId)).toEqual(['hello']);
  await say(ana, conversationId, '3');
  await until('Bruno reads on', async () => (await bruno.texts(conversationId)).includes('3'));
});

test('whoever was not accepted cannot fill the device of somebody whom they ask', async () => {
  const { person } = createPeople({ haveHandles: true });
  const [ana, bruno] = [await person('Ana'), await person('Bruno')];
  const conversationId = await ask(ana, bruno);
  await until('Bruno is asked', async () => (await bruno.api.requests()).length === 1);
  await tamper(bruno, ({ held }) => {
    const [kept] = held.withReason('request');
    if (kept === undefined) throw new Error('nothing was kept');
    while (held.sizeOfGroup(kept.groupId).items < LIMITS.heldItems) held.hold({ ...kept, class: 'message' });
  });
  await say(ana, conversationId, 'one too many');
  await until('at the relay', async () => (await ana.messages(conversationId)).at(-1)?.delivery === 'at-relay');
  await bruno.turn();
  expect(await bruno.api.requests()).toHaveLength(1);
  await tamper(bruno, ({ held }) => expect(held.count('request')).toBe(LIMITS.heldItems));
});

test('an altered envelope is dropped, and the one after it is read, with a word about what is missing', async () => {
  const { person } = createPeople({ haveHandles: true });
  let isAltering = false;
  const alter = onFetch((items) =>
    items.map((item) => {
      if (!isAltering || item.row !== undefined) return item;
      const envelope = item.envelope.slice();
      envelope[envelope.length - 5]! ^= 1;
      return { ...item, envelope };
    }),
  );
  const [ana, bruno] = [await person('Ana'), await person('Bruno', alter)];
  const conversationId = await meet(ana, bruno);
  isAltering = true;
  await say(ana, conversationId, 'altered');
  await until('at the relay', async () => (await ana.messages(conversationId)).at(-1)?.delivery === 'at-relay');
  await bruno.turn();
  isAltering = false;
  await say(ana, conversationId, 'whole');
  await until('Bruno reads on', async () => (await bruno.texts(conversationId)).length === 2);
  expect(await bruno.texts(conversationId)).toEqual(['hello', 'whole']);
  await say(ana, conversationId, 'whole again');
  await until('Bruno reads on', async () => (await bruno.texts(conversationId)).length === 3);
  expect((await bruno.messages(conversationId)).map(({ body }) => body)).toMatchObject([
    { text: 'hello' },
    { notice: 'messages-missing' },
    { text: 'whole' },
    { text: 'whole again' },
  ]);
  expect((await ana.messages(conversationId)).at(-3)?.delivery).toBe('at-relay');
});

test('somebody who introduces themselves with another person’s handle is not even shown', async () => {
  const { port, person } = createPeople({ haveHandles: true });
  const [ana, bruno, mallory] = [await person('Ana'), await person('Bruno'), await person('Mallory')];
  const directory = await port.call('account', { handle: 'bruno' });
  if (!directory.ok || directory.value.claim === undefined) throw new Error('no claim to steal');
  const { claim } = directory.value;
  await tamper(mallory, ({ settings }) => writeSetting(settings, HANDLE_CLAIM, claim));
  expect(await bruno.api.me()).toMatchObject({ handle: 'bruno' });
  const conversationId = await ask(mallory, ana);
  await until('at the relay', async () => (await mallory.messages(conversationId)).at(-1)?.delivery === 'at-relay');
  await ana.turn();
  expect(await ana.api.requests()).toEqual([]);
});

test('a conversation whose group is broken refuses what is sent, and what waits there fails', async () => {
  const { person } = createPeople({ haveHandles: true });
  const [ana, bruno] = [await person('Ana'), await person('Bruno')];
  const conversationId = await meet(ana, bruno);
  ana.goOffline();
  await say(ana, conversationId, 'waits');
  await tamper(ana, ({ groups }) => {
    for (const group of groups.list()) groups.save({ ...group, standing: 'broken' });
  });
  const refused = await ana.api.sendText({ conversationId, text: 'more' });
  expect(refused).toEqual({ ok: false, error: { tag: 'conversation-broken' } });
  ana.goOnline();
  await until('told', async () => (await ana.messages(conversationId)).at(-1)?.delivery === 'failed');
  const failed = (await ana.messages(conversationId)).at(-1)!;
  expect(failed.failure).toBe('recipient-unreachable');
  await ana.api.retryMessage({ messageId: failed.messageId });
  await until('told again', async () => (await ana.messages(conversationId)).at(-1)?.delivery === 'failed');
  expect(await ana.api.connection()).toMatchObject({ waitingCount: 0 });
});

test('a message that a member sealed and that holds no text is told of, once, and the one after it is read', async () => {
  const { person } = createPeople({ haveHandles: true });
  const [ana, bruno] = [await person('Ana'), await person('Bruno')];
  const conversationId = await meet(ana, bruno);
  ana.goOffline();
  await tamper(ana, ({ outbox }) => {
    const intent = { time: { wallMs: 1, counter: 0 }, body: Uint8Array.of(0xff), renewals: 0 };
    outbox.add({
      ...{ conversationId, class: 'message', kind: PAYLOAD_KIND.text, arrival: undefined },
      ...{ messageId: 'ab'.repeat(16) as MessageId, payload: encodeWith(payloadIntent, intent), createdAtMs: 1 },
    });
  });
  await say(ana, conversationId, 'whole');
  ana.goOnline();
  await allArrived(ana, conversationId);
  expect((await bruno.messages(conversationId)).map(({ body }) => body)).toMatchObject([
    { text: 'hello' },
    { notice: 'undecryptable' },
    { text: 'whole' },
  ]);
});

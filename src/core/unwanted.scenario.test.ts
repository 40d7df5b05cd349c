import { describe, expect, test } from 'vitest';
import type { AccountId, ConversationId, MessageId } from '../domain/ids.ts';
import { LIMITS } from '../domain/limits.ts';
import { PAYLOAD_KIND } from '../wire/payload.ts';
import type { RelayResponse } from '../wire/relay-api.ts';
import { encodeWith } from '../wire/schema.ts';
import { payloadIntent } from './exchange/intent.ts';
import type { Faults } from './testing/faulty-relay.ts';
import { allArrived, ask, isOnline, meet, say } from './testing/meet.ts';
import { createPeople } from './testing/people.ts';
import { tamper } from './testing/tamper.ts';
import { until, type TestClient } from './testing/test-client.ts';

const isAtRelay = (client: TestClient, conversationId: ConversationId): Promise<void> =>
  until('the relay has it', async () => (await client.messages(conversationId)).at(-1)?.delivery === 'at-relay');

/** A whole number that no body of a text begins with. */
const NO_TEXT = Uint8Array.of(0xff);

test('of a request that was declined nothing is left, and nothing that comes after it is kept', async () => {
  const { person } = createPeople();
  const [ana, bruno] = [await person('Ana'), await person('Bruno')];
  const conversationId = await ask(ana, bruno);
  await until('Bruno is asked', async () => (await bruno.api.requests()).length === 1);
  await bruno.api.declineRequest({ conversationId, block: false });
  await say(ana, conversationId, 'please');
  await isAtRelay(ana, conversationId);
  await bruno.turn();
  await tamper(bruno, ({ held }) => expect(held.count('request')).toBe(0));
});

test('a few large messages fill the room of a request as well as many small ones', async () => {
  const { person } = createPeople();
  const [ana, bruno] = [await person('Ana'), await person('Bruno')];
  const conversationId = await ask(ana, bruno);
  await until('Bruno is asked', async () => (await bruno.api.requests()).length === 1);
  await isAtRelay(ana, conversationId);
  await bruno.turn();
  let kept = 0;
  await tamper(bruno, ({ held }) => {
    const [first] = held.withReason('request');
    if (first === undefined) throw new Error('nothing was kept');
    const envelope = new Uint8Array(LIMITS.heldBytes - held.sizeOfGroup(first.groupId).bytes - 100);
    held.hold({ ...first, class: 'message', envelope });
    kept = held.count('request');
  });
  await say(ana, conversationId, 'more than a hundred bytes once it is sealed');
  await isAtRelay(ana, conversationId);
  await bruno.turn();
  await tamper(bruno, ({ held }) => expect(held.count('request')).toBe(kept));
});

test('of one request too many nothing is kept, neither the request nor what came with it', async () => {
  const { person } = createPeople();
  const [ana, bruno] = [await person('Ana'), await person('Bruno')];
  await tamper(bruno, ({ conversations }) => {
    for (let count = 0; count < LIMITS.pendingRequests; count += 1) {
      const digits = count.toString(16).padStart(64, '0');
      conversations.create({
        ...{ conversationId: digits.slice(32) as ConversationId, peer: digits as AccountId, groupId: undefined },
        ...{ kind: 'direct', state: 'requested', title: '', generation: 0, createdAtMs: 1 },
      });
    }
  });
  await isOnline(bruno);
  bruno.goOffline();
  const started = await ana.api.startConversation({ accountId: await bruno.accountId(), name: undefined });
  if (!started.ok) throw new Error(started.error.tag);
  const { conversationId } = started.value;
  await say(ana, conversationId, 'it is urgent');
  await isAtRelay(ana, conversationId);
  bruno.goOnline();
  await bruno.turn();
  expect(await bruno.api.conversation({ conversationId })).toMatchObject({ ok: false });
  await tamper(bruno, ({ held }) => expect(held.count('request')).toBe(0));
});

describe('somebody blocked', () => {
  test('does not come in by an invite link, and leaves nothing behind', async () => {
    const { person } = createPeople();
    let isWithheld = true;
    const ana = await person('Ana', {
      alter: (operation, answer) =>
        operation === 'fetch' && isWithheld
          ? { ...(answer as RelayResponse<'fetch'>), items: [], more: false }
          : answer,
    } as Faults);
    const bruno = await person('Bruno');
    // Bruno wrote first and thought better of it; Ana has not heard of it when she uses his link.
    const conversationId = await ask(bruno, ana);
    await isAtRelay(bruno, conversationId);
    const accountId = await ana.accountId();
    await bruno.api.setBlocked({ accountId, isBlocked: true });
    const invite = await bruno.api.createInvite();
    if (!invite.ok) throw new Error(invite.error.tag);
    expect(await ana.api.redeemInvite({ fragment: invite.value.fragment, name: undefined })).toMatchObject({
      ok: true,
    });
    await say(ana, conversationId, 'let me in');
    await isAtRelay(ana, conversationId);
    await bruno.turn();
    expect(await bruno.api.conversation({ conversationId })).toMatchObject({ value: { state: 'blocked' } });
    expect(await bruno.texts(conversationId)).toEqual(['hello']);
    isWithheld = false;
    await ana.turn();
    const said = (await ana.messages(conversationId)).find(({ author }) => author.isMe);
    expect(said).toMatchObject({ body: { text: 'let me in' }, delivery: 'at-relay' });
    await tamper(bruno, ({ held }) => expect(held.count('request')).toBe(0));
  });

  test('is not told of, whatever they send; what comes afterwards has no gap before it', async () => {
    const { person } = createPeople();
    const [ana, bruno] = [await person('Ana'), await person('Bruno')];
    const conversationId = await meet(ana, bruno);
    const accountId = await ana.accountId();
    await bruno.api.setBlocked({ accountId, isBlocked: true });
    ana.goOffline();
    await tamper(ana, ({ outbox, groups }) => {
      for (const group of groups.list()) groups.save({ ...group, ownCounter: group.ownCounter + 3 });
      const intent = { time: { wallMs: 1, counter: 0 }, body: NO_TEXT, renewals: 0 };
      outbox.add({
        ...{ conversationId, class: 'message', kind: PAYLOAD_KIND.text, arrival: undefined, createdAtMs: 1 },
        ...{ messageId: 'ab'.repeat(16) as MessageId, payload: encodeWith(payloadIntent, intent) },
      });
    });
    await say(ana, conversationId, 'do you hear me?');
    ana.goOnline();
    await isAtRelay(ana, conversationId);
    await bruno.turn();
    await bruno.api.setBlocked({ accountId, isBlocked: false });
    await say(ana, conversationId, 'and now?');
    await until('Bruno hears', async () => (await bruno.texts(conversationId)).includes('and now?'));
    expect((await bruno.messages(conversationId)).map(({ body }) => body)).toMatchObject([
      { text: 'hello' },
      { text: 'and now?' },
    ]);
    expect(await allArrived(ana, conversationId, 1).catch(() => 'not confirmed')).toBe('not confirmed');
  });
});

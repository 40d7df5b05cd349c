import { describe, expect, test } from 'vitest';
import type { RandomBytes } from '../domain/ports.ts';
import { allArrived, ask, meet, say } from './testing/meet.ts';
import { createPeople } from './testing/people.ts';
import { until } from './testing/test-client.ts';

const GROUP_ID_BYTES = 16;

/** Group ids of whoever draws from it begin with this byte: two of them stand in a known order. */
const groupIdsFrom =
  (firstByte: number): RandomBytes =>
  (length) => {
    const bytes = crypto.getRandomValues(new Uint8Array(length));
    if (length === GROUP_ID_BYTES) bytes[0] = firstByte;
    return bytes;
  };

describe('by handle', () => {
  test('Ana finds Bruno, writes, and he answers after he accepted', async () => {
    const { person } = createPeople({ haveHandles: true });
    const [ana, bruno] = [await person('Ana'), await person('Bruno')];
    const found = await ana.api.findByHandle({ handle: '@Bruno' });
    expect(found).toMatchObject({ ok: true, value: { handle: 'bruno', isMe: false, isContact: false } });
    const accountId = await bruno.accountId();
    const started = await ana.api.startConversation({ accountId, name: undefined });
    expect(started).toMatchObject({ ok: true, value: { state: 'waiting', title: 'bruno' } });
    const conversationId = await ana.conversationWith(bruno);
    await say(ana, conversationId, 'hello');
    await until('Bruno is asked', async () => (await bruno.api.requests()).length === 1);
    expect(await bruno.api.requests()).toMatchObject([{ title: 'Ana', state: 'requested' }]);
    await until('the relay has it', async () => (await ana.messages(conversationId))[0]?.delivery === 'at-relay');

    expect(await bruno.api.acceptRequest({ conversationId })).toMatchObject({ ok: true, value: { state: 'active' } });
    // At the relay is not at Bruno's yet: it may come before his yes or after it.
    await allArrived(ana, conversationId);
    expect(await bruno.texts(conversationId)).toEqual(['hello']);
    await say(bruno, conversationId, 'welcome');
    await until('Ana reads', async () => (await ana.texts(conversationId)).length === 2);
    const contact = await ana.api.contact({ accountId });
    expect(contact).toMatchObject({ ok: true, value: { name: 'Bruno', handle: 'bruno' } });
    const [mine, theirs] = [contact, await bruno.api.contact({ accountId: await ana.accountId() })];
    expect(mine.ok && theirs.ok && mine.value.safetyNumber === theirs.value.safetyNumber).toBe(true);
  });

  test('whoever can be found can be written to: the handle comes after the key packages', async () => {
    const { person } = createPeople({ haveHandles: true });
    let published = 0;
    const publishedAtClaim: number[] = [];
    await person('Bruno', {
      fate(operation) {
        if (operation === 'claimHandle') publishedAtClaim.push(published);
        return 'delivered';
      },
      alter(_, answer) {
        if ('available' in answer) published = answer.available;
        return answer;
      },
    });
    await until('the handle is claimed', async () => publishedAtClaim.length > 0);
    expect(publishedAtClaim).toEqual([expect.any(Number)]);
    expect(publishedAtClaim[0]).toBeGreaterThan(0);
  });

  test('Bruno was away when Ana asked and wrote: what came with the request opens when he accepts', async () => {
    const { person } = createPeople({ haveHandles: true });
    let isAway = false;
    const ana = await person('Ana');
    const bruno = await person('Bruno', { fate: () => (isAway ? 'request-lost' : 'delivered') });
    isAway = true;
    const accountId = await bruno.accountId();
    await ana.api.startConversation({ accountId, name: undefined });
    const conversationId = await ana.conversationWith(bruno);
    for (const text of ['one', 'two', 'three']) await say(ana, conversationId, text);
    const isAtRelay = async () => (await ana.messages(conversationId)).every(({ delivery }) => delivery === 'at-relay');
    await until('the relay has all of it', isAtRelay);

    isAway = false;
    bruno.goOnline();
    await until('Bruno is asked', async () => (await bruno.api.requests()).length === 1);
    expect(await bruno.api.acceptRequest({ conversationId })).toMatchObject({ ok: true });
    expect(await bruno.texts(conversationId)).toEqual(['one', 'two', 'three']);
    await allArrived(ana, conversationId);
  });

  test('nobody of that name, and a name that is none', async () => {
    const { person } = createPeople({ haveHandles: true });
    const ana = await person('Ana');
    expect(await ana.api.findByHandle({ handle: 'nobody' })).toEqual({ ok: false, error: { tag: 'not-found' } });
    expect(await ana.api.findByHandle({ handle: 'x' })).toEqual({ ok: false, error: { tag: 'handle-invalid' } });
    const self = await ana.api.startConversation({ accountId: await ana.accountId(), name: undefined });
    expect(self).toEqual({ ok: false, error: { tag: 'is-me' } });
    const other = await person('Bruno');
    expect(await other.api.claimHandle({ handle: 'ana' })).toEqual({ ok: false, error: { tag: 'handle-taken' } });
  });

  test('a relay that shows somebody else’s keys is not believed', async () => {
    const { person } = createPeople({ haveHandles: true });
    const bruno = await person('Bruno');
    const mallory = await person('Mallory');
    const answers = new Map<string, unknown>();
    const ana = await person('Ana', {
      alter: (operation, answer) => {
        if (operation !== 'account') return answer;
        const account = answer as { readonly accountId: string };
        answers.set(account.accountId, answer);
        // Whoever is asked for, Mallory's chain and claim come back.
        return (answers.get(malloryId) ?? answer) as typeof answer;
      },
    });
    const malloryId: string = await mallory.accountId();
    expect(await ana.api.findByHandle({ handle: 'mallory' })).toMatchObject({ ok: true });
    expect(await ana.api.findByHandle({ handle: 'bruno' })).toEqual({ ok: false, error: { tag: 'unproven' } });
    const started = await ana.api.startConversation({ accountId: await bruno.accountId(), name: undefined });
    expect(started).toEqual({ ok: false, error: { tag: 'unproven' } });
  });
});

describe('by invite', () => {
  test('the first who redeems it is in at once; the second has to ask', async () => {
    const { person } = createPeople({ haveHandles: true });
    const [ana, bruno, carla] = [await person('Ana'), await person('Bruno'), await person('Carla')];
    const invite = await ana.api.createInvite();
    if (!invite.ok) throw new Error(invite.error.tag);
    const { fragment } = invite.value;
    expect(await ana.api.redeemInvite({ fragment, name: undefined })).toEqual({
      ok: false,
      error: { tag: 'invite-own' },
    });
    expect(await bruno.api.readInvite({ fragment: 'rubbish' })).toMatchObject({ error: { tag: 'invite-malformed' } });
    expect(await bruno.api.readInvite({ fragment })).toMatchObject({ ok: true, value: { isContact: false } });

    const redeemed = await bruno.api.redeemInvite({ fragment, name: 'Ana' });
    if (!redeemed.ok) throw new Error(redeemed.error.tag);
    const { conversationId } = redeemed.value;
    await say(bruno, conversationId, 'here I am');
    await until('Ana reads', async () => (await ana.api.conversations({ limit: 9, after: undefined })).length === 1);
    await allArrived(bruno, conversationId);
    expect(await ana.api.requests()).toEqual([]);

    expect(await carla.api.redeemInvite({ fragment, name: undefined })).toMatchObject({ ok: true });
    await until('Carla asks', async () => (await ana.api.requests()).length === 1);
    expect(await ana.api.requests()).toMatchObject([{ title: 'Carla', state: 'requested' }]);
  });
});

describe('both at once', () => {
  test.each([
    ['smaller', 0x00],
    ['larger', 0xff],
  ])(
    'two people meet in one conversation and nothing is lost; Ana’s group has the %s id',
    async (_order, firstByte) => {
      const { person } = createPeople({ haveHandles: true });
      const ana = await person('Ana', {}, { random: groupIdsFrom(firstByte) });
      const bruno = await person('Bruno', {}, { random: groupIdsFrom(0x7f) });
      const [anasId, brunosId] = [await ana.accountId(), await bruno.accountId()];
      const started = await Promise.all([
        ana.api.startConversation({ accountId: brunosId, name: 'Bruno' }),
        bruno.api.startConversation({ accountId: anasId, name: 'Ana' }),
      ]);
      const [conversationId] = started.map((one) => (one.ok ? one.value.conversationId : undefined));
      if (conversationId === undefined) throw new Error('did not start');
      await Promise.all([say(ana, conversationId, 'a1'), say(bruno, conversationId, 'b1')]);
      await say(ana, conversationId, 'a2');
      await Promise.all([allArrived(ana, conversationId), allArrived(bruno, conversationId)]);
      await say(bruno, conversationId, 'b2');
      await say(ana, conversationId, 'a3');
      await Promise.all([allArrived(ana, conversationId), allArrived(bruno, conversationId)]);

      for (const client of [ana, bruno]) {
        const texts = await client.texts(conversationId);
        expect([...texts].sort()).toEqual(['a1', 'a2', 'a3', 'b1', 'b2']);
        expect(texts.filter((text) => text.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
        expect(texts.filter((text) => text.startsWith('b'))).toEqual(['b1', 'b2']);
        expect(await client.api.conversations({ limit: 9, after: undefined })).toMatchObject([{ state: 'active' }]);
        expect(await client.api.requests()).toEqual([]);
      }
    },
  );
});

describe('a request that was declined by somebody who writes after all', () => {
  test.each([
    ['smaller', 0x00],
    ['larger', 0xff],
  ])('is answered into their group, also where the old one has the %s id', async (_order, firstByte) => {
    const { person } = createPeople({ haveHandles: true });
    const ana = await person('Ana', {}, { random: groupIdsFrom(firstByte) });
    const bruno = await person('Bruno', {}, { random: groupIdsFrom(0x7f) });
    const conversationId = await ask(ana, bruno);
    await until('Bruno is asked', async () => (await bruno.api.requests()).length === 1);
    await bruno.api.declineRequest({ conversationId, block: false });
    const started = await bruno.api.startConversation({ accountId: await ana.accountId(), name: undefined });
    expect(started).toMatchObject({ ok: true });
    await until('Ana hears', async () => {
      const summary = await ana.api.conversation({ conversationId });
      return summary.ok && summary.value.state === 'active';
    });
    await say(ana, conversationId, 'so you are there');
    await until('Bruno reads', async () => (await bruno.texts(conversationId)).length === 1);
    expect(await bruno.texts(conversationId)).toEqual(['so you are there']);
  });
});

describe('a request', () => {
  test('says nothing to whoever asks, until it is accepted', async () => {
    const { person } = createPeople({ haveHandles: true });
    const [ana, bruno] = [await person('Ana'), await person('Bruno')];
    const conversationId = await ask(ana, bruno);
    await until('Bruno is asked', async () => (await bruno.api.requests()).length === 1);
    expect(await bruno.api.sendText({ conversationId, text: 'hi' })).toEqual({
      ok: false,
      error: { tag: 'not-accepted' },
    });
    bruno.crash();
    await bruno.reopen();
    expect(await bruno.api.requests()).toHaveLength(1);
    ana.look();
    await until('the relay has it', async () => (await ana.messages(conversationId))[0]?.delivery === 'at-relay');
    expect(await ana.api.conversation({ conversationId })).toMatchObject({ value: { state: 'waiting' } });
  });

  test('that is declined is gone; one that is blocked never comes back', async () => {
    const { person } = createPeople({ haveHandles: true });
    const [ana, bruno] = [await person('Ana'), await person('Bruno')];
    const conversationId = await ask(ana, bruno);
    await until('Bruno is asked', async () => (await bruno.api.requests()).length === 1);
    expect(await bruno.api.declineRequest({ conversationId, block: true })).toMatchObject({ ok: true });
    expect(await bruno.api.requests()).toEqual([]);
    await say(ana, conversationId, 'please');
    await until('the relay has it', async () => (await ana.messages(conversationId)).at(-1)?.delivery === 'at-relay');
    await bruno.turn();
    expect(await bruno.api.requests()).toEqual([]);
    expect(await bruno.api.conversations({ limit: 9, after: undefined })).toEqual([]);
  });
});

describe('somebody blocked', () => {
  test('is taken from the relay, dropped and not answered; unblocked, they are heard again', async () => {
    const { person } = createPeople({ haveHandles: true });
    const [ana, bruno] = [await person('Ana'), await person('Bruno')];
    const conversationId = await meet(ana, bruno);
    await bruno.api.setBlocked({ accountId: await ana.accountId(), isBlocked: true });
    expect(await bruno.api.sendText({ conversationId, text: 'x' })).toEqual({ ok: false, error: { tag: 'blocked' } });
    await say(ana, conversationId, 'can you hear me?');
    await until('the relay has it', async () => (await ana.messages(conversationId)).at(-1)?.delivery === 'at-relay');
    await bruno.turn();
    await bruno.api.setBlocked({ accountId: await ana.accountId(), isBlocked: false });
    await say(ana, conversationId, 'and now?');
    await until('Bruno hears', async () => (await bruno.texts(conversationId)).includes('and now?'));
    expect((await ana.messages(conversationId)).at(-2)?.delivery).toBe('at-relay');
  });

  test('before they answered: still waiting for them afterwards, and heard when they do', async () => {
    const { person } = createPeople({ haveHandles: true });
    const [ana, bruno] = [await person('Ana'), await person('Bruno')];
    const conversationId = await ask(ana, bruno);
    await until('Bruno is asked', async () => (await bruno.api.requests()).length === 1);
    const accountId = await bruno.accountId();
    await ana.api.setBlocked({ accountId, isBlocked: true });
    expect(await ana.api.conversation({ conversationId })).toMatchObject({ value: { state: 'blocked' } });
    await ana.api.setBlocked({ accountId, isBlocked: false });
    expect(await ana.api.conversation({ conversationId })).toMatchObject({ value: { state: 'waiting' } });
    await bruno.api.acceptRequest({ conversationId });
    await say(bruno, conversationId, 'here');
    await until('Ana hears', async () => (await ana.texts(conversationId)).includes('here'));
    expect(await ana.api.conversation({ conversationId })).toMatchObject({ value: { state: 'active' } });
  });

  test('as a request: whoever wants to write after all is told so, finds them among the contacts and unblocks', async () => {
    const { person } = createPeople({ haveHandles: true });
    const [ana, bruno] = [await person('Ana'), await person('Bruno')];
    const conversationId = await ask(ana, bruno);
    await until('Bruno is asked', async () => (await bruno.api.requests()).length === 1);
    await bruno.api.declineRequest({ conversationId, block: true });
    const accountId = await ana.accountId();
    const blocked = { ok: false, error: { tag: 'blocked' } };
    expect(await bruno.api.startConversation({ accountId, name: undefined })).toEqual(blocked);
    const invite = await ana.api.createInvite();
    if (!invite.ok) throw new Error(invite.error.tag);
    const { fragment } = invite.value;
    expect(await bruno.api.redeemInvite({ fragment, name: undefined })).toEqual(blocked);

    expect(await bruno.api.contacts()).toMatchObject([{ accountId, isBlocked: true }]);
    await bruno.api.setBlocked({ accountId, isBlocked: false });
    expect(await bruno.api.contacts()).toEqual([]);
    expect(await bruno.api.startConversation({ accountId, name: undefined })).toMatchObject({ ok: true });
    await say(bruno, conversationId, 'sorry');
    await until('Ana reads', async () => (await ana.texts(conversationId)).includes('sorry'));
  });

  test('as a request: it is gone, and accepting it is refused', async () => {
    const { person } = createPeople({ haveHandles: true });
    const [ana, bruno] = [await person('Ana'), await person('Bruno')];
    const conversationId = await ask(ana, bruno);
    await until('Bruno is asked', async () => (await bruno.api.requests()).length === 1);
    await bruno.api.setBlocked({ accountId: await ana.accountId(), isBlocked: true });
    expect(await bruno.api.requests()).toEqual([]);
    expect(await bruno.api.acceptRequest({ conversationId })).toMatchObject({
      ok: false,
      error: { tag: 'conversation-unknown' },
    });
  });
});

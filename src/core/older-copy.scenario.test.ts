/** An older copy of somebody's data is used again: it comes back as a new device, with its history. */
import { describe, expect, test } from 'vitest';
import type { RelayPort } from '../sync/transport.ts';
import type { InboxItem, RelayResponse } from '../wire/relay-api.ts';
import { sweepBurnPoints } from './testing/burn-points.ts';
import type { Faults } from './testing/faulty-relay.ts';
import { allArrived, meet, say } from './testing/meet.ts';
import { createPeople } from './testing/people.ts';
import { createRelayInProcess } from './testing/relay-in-process.ts';
import { tamper } from './testing/tamper.ts';
import { until, type TestClient } from './testing/test-client.ts';

/** Of deaths on the way back. Few, so that they end in time on a busy machine: all are in `npm run assure -- storage`. */
const EVERY_POINT = 60;

const setUp = async () => {
  const { relay, person } = createPeople();
  const [ana, bruno] = [await person('Ana'), await person('Bruno')];
  const conversationId = await meet(ana, bruno);
  return { relay, person, ana, bruno, conversationId };
};

type World = Awaited<ReturnType<typeof setUp>>;

/** A copy from before `ana` went on; she is closed then, as after a disk was put back. */
const goBack = async (
  { ana, bruno, conversationId, person }: World,
  faults: Faults = {},
  port?: RelayPort,
): Promise<TestClient> => {
  await ana.turn();
  const earlier = ana.vaults.copy();
  await say(ana, conversationId, 'from the lost days');
  await allArrived(ana, conversationId);
  await say(bruno, conversationId, 'into the lost days');
  await allArrived(bruno, conversationId);
  await ana.close();
  return person('Ana', faults, { vaults: earlier, ...(port && { relay: port }) });
};

const isBack = (client: TestClient): Promise<void> =>
  until(`${client.name} is back`, async () => (await client.api.me()).olderCopy?.isBack === true);

const notices = async (client: TestClient, conversationId: World['conversationId']): Promise<readonly string[]> =>
  (await client.messages(conversationId)).flatMap(({ body }) => (body.kind === 'notice' ? [body.notice] : []));

describe('an older copy of a store', () => {
  test('comes back as a new device, keeps its history, and goes on in the same conversation', async () => {
    const world = await setUp();
    const { bruno, conversationId } = world;
    const ana = await goBack(world);
    await say(ana, conversationId, 'here again');
    await isBack(ana);
    await allArrived(ana, conversationId);
    await say(bruno, conversationId, 'good to hear');
    await allArrived(bruno, conversationId);

    expect(await ana.texts(conversationId)).toEqual(['hello', 'here again', 'good to hear']);
    expect(await bruno.texts(conversationId)).toEqual([
      'hello',
      'from the lost days',
      'into the lost days',
      'here again',
      'good to hear',
    ]);
    expect(await notices(ana, conversationId)).toEqual(['older-copy']);
    expect(await notices(bruno, conversationId)).toEqual(['new-device']);
    expect((await ana.api.me()).olderCopy).toMatchObject({ isBack: true, isRead: false });
    expect(await bruno.api.conversations({ limit: 10, after: undefined })).toHaveLength(1);
  });

  test('sends again what it does not know to have arrived, and nobody reads it twice', async () => {
    const world = await setUp();
    const { ana, bruno, conversationId, person } = world;
    await ana.turn();
    ana.goOffline();
    await say(ana, conversationId, 'was it sent?');
    const earlier = ana.vaults.copy();
    ana.goOnline();
    await allArrived(ana, conversationId);
    await ana.close();
    const copy = await person('Ana', {}, { vaults: earlier });
    await isBack(copy);
    await allArrived(copy, conversationId);
    expect(await bruno.texts(conversationId)).toEqual(['hello', 'was it sent?']);
  });

  test('what was sent to the device that is gone is sent again to the one that came', async () => {
    const world = await setUp();
    const { ana, bruno, conversationId, person } = world;
    await ana.turn();
    const earlier = ana.vaults.copy();
    await say(ana, conversationId, 'moves on');
    await allArrived(ana, conversationId);
    await ana.close();
    await say(bruno, conversationId, 'while nobody was there');
    await until(
      'it is at the relay',
      async () => (await bruno.messages(conversationId)).at(-1)?.delivery === 'at-relay',
    );
    const copy = await person('Ana', {}, { vaults: earlier });
    await allArrived(bruno, conversationId);
    expect(await copy.texts(conversationId)).toEqual(['hello', 'while nobody was there']);
  });

  test.each(['request-lost', 'answer-lost'] as const)(
    'comes back once, also when the entry into the chain gets no answer (%s) and it is closed meanwhile',
    async (fate) => {
      const world = await setUp();
      const { bruno, conversationId } = world;
      let isLost = true;
      const ana = await goBack(world, {
        fate: (operation) => (operation === 'appendEntry' && isLost ? fate : 'delivered'),
      });
      await until('burnt', async () => (await ana.api.me()).olderCopy !== undefined);
      expect(await ana.texts(conversationId)).toEqual(['hello']);
      await say(ana, conversationId, 'written while it waits');
      ana.crash();
      isLost = false;
      await ana.reopen();
      await isBack(ana);
      await allArrived(ana, conversationId);
      expect(await bruno.texts(conversationId)).toContain('written while it waits');
    },
  );

  test('takes the place of the copy that lives: that one is told, and nothing leaves it any more', async () => {
    const world = await setUp();
    const { ana, bruno, conversationId, person } = world;
    await ana.turn();
    const earlier = ana.vaults.copy();
    await say(ana, conversationId, 'moves on');
    await allArrived(ana, conversationId);
    const copy = await person('Ana', {}, { vaults: earlier });
    await isBack(copy);
    await say(ana, conversationId, 'from the one that was replaced');
    await until('told', async () => (await ana.api.connection()).problem === 'device-removed');
    await say(copy, conversationId, 'from the new device');
    await allArrived(copy, conversationId);
    expect(await bruno.texts(conversationId)).toEqual(['hello', 'moves on', 'from the new device']);
    expect(await ana.texts(conversationId)).toContain('hello');
    // Also when it is opened again.
    ana.crash();
    await ana.reopen();
    await until('told again', async () => (await ana.api.connection()).problem === 'device-removed');
  });

  test('of a store from before its friend became a new device meets the friend’s new device', async () => {
    const world = await setUp();
    const { ana, bruno, conversationId, person } = world;
    await Promise.all([ana.turn(), bruno.turn()]);
    const earlier = { ana: ana.vaults.copy(), bruno: bruno.vaults.copy() };
    await say(bruno, conversationId, 'goes back soon');
    await allArrived(bruno, conversationId);
    await bruno.close();
    const other = await person('Bruno', {}, { vaults: earlier.bruno });
    await isBack(other);
    await say(other, conversationId, 'in the second generation');
    await allArrived(other, conversationId);
    await ana.close();
    // Ana's copy knows of the first generation only, and opens one that is over at Bruno's.
    const copy = await person('Ana', {}, { vaults: earlier.ana });
    await isBack(copy);
    await say(copy, conversationId, 'where are we?');
    await allArrived(copy, conversationId);
    await say(other, conversationId, 'here');
    await allArrived(other, conversationId);
    expect((await other.texts(conversationId)).slice(-2)).toEqual(['where are we?', 'here']);
    expect((await copy.texts(conversationId)).slice(-2)).toEqual(['where are we?', 'here']);
  });

  test('still has the requests that waited, and answers them', async () => {
    const world = await setUp();
    const { ana, person } = world;
    const carla = await person('Carla');
    const started = await carla.api.startConversation({ accountId: await ana.accountId(), name: 'Ana' });
    if (!started.ok) throw new Error(started.error.tag);
    const { conversationId } = started.value;
    await say(carla, conversationId, 'may I?');
    await until('asked', async () => (await ana.api.requests()).length === 1);
    const copy = await goBack(world);
    await isBack(copy);
    expect(await copy.api.acceptRequest({ conversationId })).toMatchObject({ ok: true });
    await allArrived(carla, conversationId);
    expect(await copy.texts(conversationId)).toEqual(['may I?']);
  });
});

test('a death on the way to being a new device loses and repeats nothing', async () => {
  const { tried, bad, example } = await sweepBurnPoints({ every: EVERY_POINT });
  expect({ bad, example }).toEqual({ bad: 0, example: undefined });
  expect(tried).toBeGreaterThan(1);
});

describe('a relay', () => {
  test('that calls every checkpoint unknown cannot have the account’s chain filled', async () => {
    const world = await setUp();
    const { ana } = world;
    await ana.close();
    let entries = 0;
    const liar = await world.person(
      'Ana',
      {
        fate: (operation) => {
          if (operation === 'appendEntry') entries += 1;
          return 'delivered';
        },
        alter: (operation, answer) =>
          operation === 'checkpoint' ? { ...answer, value: crypto.getRandomValues(new Uint8Array(32)) } : answer,
      },
      { vaults: ana.vaults },
    );
    await until('stopped', async () => (await liar.api.connection()).problem === 'store-is-old');
    expect(entries).toBe(1);
    liar.crash();
    await liar.reopen();
    await until('stopped again', async () => (await liar.api.connection()).problem === 'store-is-old');
    expect(entries).toBe(1);
  });

  test('that shows somebody else’s chain gets no entry of ours, and the copy stays as it is', async () => {
    const world = await setUp();
    const brunos = await world.bruno.accountId();
    const relay = createRelayInProcess(world.relay);
    const shown = await relay.call('account', { accountId: brunos });
    if (!shown.ok) throw new Error('Bruno is not there');
    let entries = 0;
    const ana = await goBack(world, {
      fate: (operation) => {
        if (operation === 'appendEntry') entries += 1;
        return 'delivered';
      },
      alter: (operation, answer) => (operation === 'account' ? { ...answer, entries: shown.value.entries } : answer),
    });
    await until('stopped', async () => (await ana.api.connection()).problem === 'store-is-old');
    expect(entries).toBe(0);
    expect(await ana.texts(world.conversationId)).toEqual(['hello']);
  });

  test('that took the entry and forgot it is given it again', async () => {
    const world = await setUp();
    const { bruno, conversationId } = world;
    let isForgetful = true;
    const port = createRelayInProcess(world.relay);
    const head = { head: new Uint8Array(32) };
    const forgetful: RelayPort = {
      ...port,
      call: (operation, request, session) =>
        operation === 'appendEntry' && isForgetful
          ? Promise.resolve({ ok: true, value: head } as never)
          : port.call(operation, request, session),
    };
    const ana = await goBack(world, {}, forgetful);
    await until('refused', async () => (await ana.api.connection()).problem === 'relay-refuses');
    isForgetful = false;
    await allArrived(ana, conversationId);
    await say(bruno, conversationId, 'there you are');
    await allArrived(bruno, conversationId);
  });

  test('cannot bring a conversation back to the device that was replaced, with a Welcome that it kept', async () => {
    let kept: InboxItem | undefined;
    let isReplaying = false;
    /** The first Welcome never arrives, until it is shown again and again. */
    const keeping: Faults = {
      alter: (operation, answer) => {
        if (operation !== 'fetch') return answer;
        const { items } = answer as RelayResponse<'fetch'>;
        kept ??= items.find(({ row }) => row !== undefined);
        const others = items.filter(({ groupId }) => groupId !== kept?.groupId);
        return { ...answer, items: isReplaying && kept ? [...others, kept] : others };
      },
    };
    const world = await setUp();
    const carla = await world.person('Carla', keeping);
    const accountId = await carla.accountId();
    const started = await world.ana.api.startConversation({ accountId, name: 'Carla' });
    if (!started.ok) throw new Error(started.error.tag);
    const { conversationId } = started.value;
    await say(world.ana, conversationId, 'never came');
    await until('kept', () => kept !== undefined);
    const ana = await goBack(world);
    await isBack(ana);
    await until('asked', async () => (await carla.api.requests()).length === 1);
    expect(await carla.api.acceptRequest({ conversationId })).toMatchObject({ ok: true });
    await say(ana, conversationId, 'from the new device');
    await allArrived(ana, conversationId);

    // As if the generation said nothing: what is left is that the device is no more.
    let groups = 0;
    await tamper(carla, (rows) => {
      groups = rows.groups.list().length;
      rows.conversations.setGroup(conversationId, 0, rows.groups.list()[0]!.groupId);
    });
    isReplaying = true;
    await carla.turn();
    await carla.turn();
    let after = 0;
    await tamper(carla, (rows) => (after = rows.groups.list().length));
    expect([groups, after]).toEqual([1, 1]);
    expect(await carla.texts(conversationId)).toEqual(['never came', 'from the new device']);
  });

  test('that only says it knows no such device is not believed', async () => {
    const { ana, person } = await setUp();
    await ana.close();
    const doubted = await person(
      'Ana',
      { refuse: (operation) => (operation === 'login' ? { code: 'notFound', message: '' } : undefined) },
      { vaults: ana.vaults },
    );
    await until('refused', async () => (await doubted.api.connection()).problem === 'relay-refuses');
  });
});

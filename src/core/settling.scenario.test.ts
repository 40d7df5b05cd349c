import { afterEach, expect, test } from 'vitest';
import { createTestRelay } from '../../relay/testing/in-process-relay.ts';
import type { Message } from '../rpc/dto.ts';
import { createFaultyRelay } from './testing/faulty-relay.ts';
import { allArrived, ask, meet, say } from './testing/meet.ts';
import { createRelayInProcess } from './testing/relay-in-process.ts';
import { createSlowDisk } from './testing/slow-disk.ts';
import { createTestClient, until, type TestClient } from './testing/test-client.ts';

/** What tells a relay, and so the world, that something is stored here. The rest only asks. */
const TELLING = new Set([
  ...['register', 'appendEntry', 'claimHandle', 'publishKeyPackages', 'createGroup', 'commit'],
  ...['deposit', 'acknowledge', 'leaveGroup', 'checkpoint'],
]);

const closing: TestClient[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((client) => client.close()));
});

/** Ana's storage is slow; what she tells the relay is written down, and whether her disk was behind at that moment. */
const setUp = async (options: { readonly isHonest?: boolean } = {}) => {
  const relay = createTestRelay();
  const port = createRelayInProcess(relay);
  const disk = createSlowDisk(options);
  const told: { readonly operation: string; readonly isEarly: boolean }[] = [];
  const watched = createFaultyRelay(port, {
    fate(operation) {
      if (TELLING.has(operation)) told.push({ operation, isEarly: disk.isBehind() && !isWriting });
      return 'delivered';
    },
  });
  const client = await createTestClient({
    ...{ relay: watched, name: 'Ana', handle: 'ana', clock: relay.nowMs },
    wrapStorage: (storage) => disk.wrap(storage),
  });
  // What she writes while her last turn still talks must not count against that turn.
  let isWriting = false;
  const sendText: TestClient['api']['sendText'] = async (input) => {
    isWriting = true;
    return client.api.sendText(input).finally(() => (isWriting = false));
  };
  const ana: TestClient = Object.create(client, { api: { get: () => ({ ...client.api, sendText }) } }) as TestClient;
  const bruno = await createTestClient({ relay: port, name: 'Bruno', clock: relay.nowMs });
  closing.push(ana, bruno);
  const join = async (name: string): Promise<TestClient> => {
    const joined = await createTestClient({ relay: port, name, clock: relay.nowMs });
    closing.push(joined);
    return joined;
  };
  return { ana, bruno, disk, told, join, conversationId: await meet(ana, bruno) };
};

const talk = async ({ ana, bruno, conversationId }: Awaited<ReturnType<typeof setUp>>): Promise<void> => {
  for (const text of ['one', 'two', 'three']) {
    await say(ana, conversationId, text);
    await allArrived(ana, conversationId);
    await say(bruno, conversationId, `${text} to you`);
    await allArrived(bruno, conversationId);
  }
};

test('nothing is said to anybody before the disk has it, however long that takes', async () => {
  const people = await setUp();
  await talk(people);
  const { told } = people;
  expect(told.filter(({ isEarly }) => isEarly)).toEqual([]);
  for (const operation of ['register', 'publishKeyPackages', 'createGroup', 'deposit', 'acknowledge', 'checkpoint']) {
    expect(told.map((call) => call.operation)).toContain(operation);
  }
});

test('(control) a disk that does not say when it is done would be caught', async () => {
  const people = await setUp({ isHonest: false });
  await talk(people);
  expect(people.told.filter(({ isEarly }) => isEarly).length).toBeGreaterThan(5);
});

test('a message that the disk did not take is not "stored here" and does not leave', async () => {
  const { ana, disk, told, conversationId } = await setUp();
  await ana.turn();
  const before = told.length;
  disk.fail({ tag: 'full' });
  expect(await ana.api.sendText({ conversationId, text: 'lost' })).toEqual({
    ok: false,
    error: { tag: 'storage-full' },
  });
  await ana.turn();
  expect(told.slice(before).map(({ operation }) => operation)).not.toContain('deposit');
});

test('storage that fails is not told as a full disk', async () => {
  const { ana, disk, conversationId } = await setUp();
  await ana.turn();
  for (const tag of ['io', 'gone'] as const) {
    disk.fail({ tag });
    expect(await ana.api.sendText({ conversationId, text: 'lost' })).toEqual({
      ok: false,
      error: { tag: 'storage-lost' },
    });
  }
});

test.each([
  ['full', 'storage-full'],
  ['io', 'storage-lost'],
  ['gone', 'storage-lost'],
] as const)(
  'a disk that is `%s` is told as `%s`, when a message comes in and when a request is accepted',
  async (tag, problem) => {
    const { ana, bruno, disk, join, conversationId } = await setUp();
    const carla = await join('Carla');
    const request = await ask(carla, ana);
    await until('Ana is asked', async () => (await ana.api.requests()).length > 0);
    disk.fail({ tag });
    expect(await ana.api.acceptRequest({ conversationId: request })).toEqual({ ok: false, error: { tag: problem } });
    await say(bruno, conversationId, 'are you there?');
    await ana.turn();
    expect((await ana.api.connection()).problem).toBe(problem);
  },
);

test('a change that could not be stored is told as one, and a read mark is no reason to complain', async () => {
  const { ana, bruno, disk, join, conversationId } = await setUp();
  const request = await ask(await join('Carla'), ana);
  await until('Ana is asked', async () => (await ana.api.requests()).length > 0);
  const [{ messageId, position }] = (await ana.messages(conversationId)) as [Message];
  const accountId = await bruno.accountId();
  disk.fail({ tag: 'io' });
  const { api } = ana;
  for (const change of [
    () => api.deleteMessage({ messageId }),
    () => api.updateContact({ accountId, givenName: 'B', note: '' }),
    () => api.setBlocked({ accountId, isBlocked: true }),
    () => api.setName({ name: 'Anabel' }),
    () => api.changeSettings({ enterSends: false }),
    () => api.noteOlderCopyRead(),
    () => api.declineRequest({ conversationId: request, block: false }),
  ]) {
    expect(await change(), change.toString()).toEqual({ ok: false, error: { tag: 'storage-lost' } });
  }
  await api.markRead({ conversationId, upTo: position });
});

test('a message that the disk did not take is not acknowledged: the relay keeps it, and it comes once', async () => {
  const { ana, bruno, disk, told, conversationId } = await setUp();
  await ana.turn();
  const before = told.length;
  disk.fail({ tag: 'full' });
  await say(bruno, conversationId, 'are you there?');
  await ana.turn();
  await ana.turn();
  expect(told.slice(before).filter(({ operation }) => operation !== 'checkpoint')).toEqual([]);
  disk.fail(undefined);
  ana.look();
  await allArrived(bruno, conversationId);
  expect((await ana.texts(conversationId)).filter((text) => text === 'are you there?').length).toBe(1);
});

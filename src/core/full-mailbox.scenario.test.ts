import { afterEach, expect, test } from 'vitest';
import { createTestRelay } from '../../relay/testing/in-process-relay.ts';
import { StorageFullError, type RelayStore } from '../../relay/store/store.ts';
import { err } from '../domain/result.ts';
import { allArrived, isOnline, meet, say } from './testing/meet.ts';
import { createRelayInProcess } from './testing/relay-in-process.ts';
import { createTestClient, until, type TestClient } from './testing/test-client.ts';

const MINUTE_MS = 60_000;

const closing: TestClient[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((client) => client.close()));
});

type Refusal = 'mailbox-full' | 'relay-full';

/** Ana knows Bruno and Carla; the relay has no room for what Ana and Bruno write to each other while `refusal` says so. */
const setUp = async () => {
  const room: { refusal: Refusal | undefined; groups: Set<string>; refused: number } = {
    refusal: undefined,
    groups: new Set(),
    refused: 0,
  };
  let isNoting = false;
  const relay = createTestRelay({
    wrapStore: (store): RelayStore => ({
      ...store,
      async deposit(deposit) {
        if (isNoting) room.groups.add(deposit.groupId);
        if (room.refusal === undefined || !room.groups.has(deposit.groupId)) return store.deposit(deposit);
        room.refused += 1;
        if (room.refusal === 'relay-full') throw new StorageFullError();
        return err({ tag: 'too-many', retryAfterMs: MINUTE_MS });
      },
    }),
  });
  const port = createRelayInProcess(relay);
  const person = async (name: string): Promise<TestClient> => {
    const client = await createTestClient({ relay: port, name, clock: relay.nowMs });
    closing.push(client);
    await isOnline(client);
    return client;
  };
  const [ana, bruno, carla] = [await person('Ana'), await person('Bruno'), await person('Carla')];
  isNoting = true;
  const withBruno = await meet(ana, bruno);
  isNoting = false;
  const withCarla = await meet(ana, carla);
  return { relay, room, ana, bruno, carla, withBruno, withCarla };
};

test.each<Refusal>(['mailbox-full', 'relay-full'])(
  'nobody else waits because one person’s mailbox takes nothing more (%s), and it is told',
  async (refusal) => {
    const { relay, room, ana, bruno, carla, withBruno, withCarla } = await setUp();
    room.refusal = refusal;
    for (const text of ['1', '2', '3']) await say(ana, withBruno, text);
    await until('refused', () => room.refused > 0);
    for (const text of ['a', 'b']) await say(ana, withCarla, text);
    await allArrived(ana, withCarla);
    expect(await carla.texts(withCarla)).toEqual(['hello', 'a', 'b']);
    expect((await ana.messages(withBruno)).slice(1).map(({ delivery }) => delivery)).toEqual([
      'stored',
      'stored',
      'stored',
    ]);

    const isTold = async (): Promise<boolean> => {
      relay.moveClock(MINUTE_MS);
      await ana.turn();
      return (await ana.api.connection()).problem === 'conversation-held';
    };
    await until('it is told', isTold);
    expect(await ana.api.connection()).toMatchObject({ state: 'online', waitingCount: 3 });

    room.refusal = undefined;
    relay.moveClock(10 * MINUTE_MS);
    await ana.turn();
    await allArrived(ana, withBruno);
    expect(await bruno.texts(withBruno)).toEqual(['hello', '1', '2', '3']);
    expect((await ana.api.connection()).problem).toBeUndefined();
  },
);

test('a full mailbox is asked again after a while, not with every message that is written', async () => {
  const { relay, room, ana, withBruno, withCarla } = await setUp();
  room.refusal = 'mailbox-full';
  await say(ana, withBruno, 'first');
  await until('refused', () => room.refused > 0);
  for (const text of ['1', '2', '3', '4', '5', '6']) {
    await say(ana, withBruno, `and ${text}`);
    await say(ana, withCarla, text);
    await allArrived(ana, withCarla);
  }
  expect(room.refused).toBe(1);
  // Also a client that was closed in between knows that it has to wait.
  ana.crash();
  await ana.reopen();
  await ana.turn();
  expect(room.refused).toBe(1);
  relay.moveClock(2 * MINUTE_MS);
  await ana.turn();
  expect(room.refused).toBe(2);
});

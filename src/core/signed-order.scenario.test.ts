import { afterEach, expect, test } from 'vitest';
import { createTestRelay } from '../../relay/testing/in-process-relay.ts';
import type { InboxItem, RelayResponse } from '../wire/relay-api.ts';
import { createFaultyRelay } from './testing/faulty-relay.ts';
import { ask, isOnline } from './testing/meet.ts';
import { createRelayInProcess } from './testing/relay-in-process.ts';
import { createTestClient, until, type TestClient } from './testing/test-client.ts';

const closing: TestClient[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((client) => client.close()));
});

const signedByNobody = (row: NonNullable<InboxItem['row']>): NonNullable<InboxItem['row']> => ({
  ...row,
  signature: row.signature.map((byte) => byte ^ 1),
});

/** Bruno's relay changes what it says of each commit that it hands to him. */
const meetLiar = async (relay: ReturnType<typeof createTestRelay>, lie: (item: InboxItem) => InboxItem) => {
  const port = createRelayInProcess(relay);
  const lying = createFaultyRelay(port, {
    alter: (operation, answer) => {
      if (operation !== 'fetch') return answer;
      const page = answer as RelayResponse<'fetch'>;
      return { ...page, items: page.items.map((item) => (item.row ? lie(item) : item)) } as typeof answer;
    },
  });
  const person = async (name: string, at: typeof port): Promise<TestClient> => {
    const client = await createTestClient({ relay: at, name, clock: relay.nowMs });
    closing.push(client);
    await isOnline(client);
    return client;
  };
  return { ana: await person('Ana', port), bruno: await person('Bruno', lying) };
};

test.each<[string, (item: InboxItem) => InboxItem]>([
  ['that it did not sign', ({ row, ...item }) => ({ ...item, ...(row && { row: signedByNobody(row) }) })],
  ['that it signed for another place', (item) => ({ ...item, sequence: item.sequence + 1 })],
  ['without any row', ({ row: _row, ...item }) => item],
])('a commit in an order %s is neither taken nor deleted; all else goes on', async (_what, lie) => {
  const acknowledged = new Map<string, number[]>();
  const relay = createTestRelay({
    wrapStore: (store) => ({
      ...store,
      acknowledge(mailboxId, items) {
        const cursors = items.map(({ cursor }) => cursor);
        acknowledged.set(mailboxId, [...(acknowledged.get(mailboxId) ?? []), ...cursors]);
        return store.acknowledge(mailboxId, items);
      },
    }),
  });
  const shown: number[] = [];
  const { ana, bruno } = await meetLiar(relay, (item) => {
    shown.push(item.cursor);
    return lie(item);
  });
  const conversationId = await ask(ana, bruno);
  await until('at the relay', async () => (await ana.messages(conversationId)).at(-1)?.delivery === 'at-relay');
  await bruno.turn();
  // Ana's client deletes her commit and her message. Bruno's deletes the message, which belongs to no group of his.
  await until('both have deleted', async () => acknowledged.size === 2);
  expect(shown).toEqual([1]);
  expect([...acknowledged.values()]).toContainEqual([2]);
  expect(await bruno.api.requests()).toEqual([]);
  expect(await bruno.api.connection()).toMatchObject({ state: 'online' });
});

test('a number for one’s own commit that the relay did not sign is no answer, and the conversation goes on', async () => {
  const relay = createTestRelay();
  const port = createRelayInProcess(relay);
  const lying = createFaultyRelay(port, {
    alter: (operation, answer) => {
      if (operation !== 'commit') return answer;
      return { ...answer, sequence: (answer as RelayResponse<'commit'>).sequence + 5 };
    },
  });
  const [ana, bruno] = await Promise.all(
    [lying, port].map((at, index) =>
      createTestClient({ relay: at, name: index === 0 ? 'Ana' : 'Bruno', clock: relay.nowMs }),
    ),
  );
  closing.push(ana!, bruno!);
  await Promise.all([ana!, bruno!].map(isOnline));
  const conversationId = await ask(ana!, bruno!);
  await until('asked', async () => (await bruno!.api.requests()).length === 1);
  await bruno!.api.acceptRequest({ conversationId });
  await until('it arrived', async () => (await ana!.messages(conversationId)).at(-1)?.delivery === 'on-device');
});

/** Two people whose stores are both older copies, and who look for each other while neither is quite back. */
import { expect, test } from 'vitest';
import type { RelayPort } from '../sync/transport.ts';
import type { RelayOperation } from '../wire/relay-api.ts';
import type { Faults } from './testing/faulty-relay.ts';
import { allArrived, meet, say } from './testing/meet.ts';
import { createPeople } from './testing/people.ts';
import { until, type TestClient } from './testing/test-client.ts';

/** Both went on after their copies were made, and are closed. */
const setUp = async () => {
  const { port, person } = createPeople();
  const [ana, bruno] = [await person('Ana'), await person('Bruno')];
  const conversationId = await meet(ana, bruno);
  await Promise.all([ana.turn(), bruno.turn()]);
  const earlier = { Ana: ana.vaults.copy(), Bruno: bruno.vaults.copy() };
  await say(ana, conversationId, 'lost');
  await say(bruno, conversationId, 'lost as well');
  await Promise.all([allArrived(ana, conversationId), allArrived(bruno, conversationId)]);
  await Promise.all([ana.close(), bruno.close()]);
  /** The copy is opened, and somebody writes at once. */
  const comeBack = async (name: 'Ana' | 'Bruno', faults: Faults = {}, gate?: Gate): Promise<TestClient> => {
    const relay = gate ? behind(gate, port) : port;
    const client = await person(name, faults, { vaults: earlier[name], relay });
    await say(client, conversationId, `${name} is here`);
    return client;
  };
  return { conversationId, comeBack };
};

type Gate = ReturnType<typeof createGate>;

/** The `position`th call of an operation, from 1, waits before it leaves; so do those after it. */
const createGate = (held: RelayOperation, position: number) => {
  let [count, open] = [0, (): void => undefined];
  const opened = new Promise<void>((resolve) => (open = resolve));
  return {
    pass: async (operation: RelayOperation): Promise<void> => {
      if (operation !== held) return;
      count += 1;
      if (count >= position) await opened;
    },
    isReached: () => count >= position,
    open: () => open(),
  };
};

const behind = (gate: Gate, port: RelayPort): RelayPort => ({
  async call(operation, request, session) {
    await gate.pass(operation);
    return port.call(operation, request, session);
  },
  openSocket(handlers) {
    const socket = port.openSocket(handlers);
    return {
      async call(operation, request) {
        await gate.pass(operation);
        return socket.call(operation, request);
      },
      close: () => socket.close(),
    };
  },
});

type World = Awaited<ReturnType<typeof setUp>>;

const findEachOther = async ({ conversationId }: World, both: readonly TestClient[]): Promise<void> => {
  await Promise.all(both.map((client) => allArrived(client, conversationId)));
  for (const client of both) {
    expect([...(await client.texts(conversationId))].sort()).toEqual(['Ana is here', 'Bruno is here', 'hello']);
    const told = (await client.messages(conversationId)).filter(
      ({ body }) => body.kind === 'notice' && body.notice === 'older-copy',
    );
    expect(told.length, `${client.name} reads once that this is an older copy`).toBeLessThanOrEqual(1);
  }
};

test('two people whose stores are both older find each other again', async () => {
  const world = await setUp();
  await findEachOther(world, [await world.comeBack('Ana'), await world.comeBack('Bruno')]);
});

test('whoever is looked for before the new device has key packages is looked for again, by itself', async () => {
  const world = await setUp();
  // The first list is empty. By then she has claimed what Bruno's device had that is about to go.
  const gate = createGate('publishKeyPackages', 2);
  const ana = await world.comeBack('Ana', {}, gate);
  await until('Ana is in the chain, without key packages', gate.isReached);
  let [empty, logins] = [0, 0];
  const bruno = await world.comeBack('Bruno', {
    alter: (operation, answer) => {
      if (operation === 'login') logins += 1;
      if (operation === 'claimKeyPackages' && 'packages' in answer && answer.packages.length === 0) empty += 1;
      return answer;
    },
  });
  // As the old device, as the new one, and over its socket: after that nothing wakes him, and nobody looks.
  await until('Bruno found none, and his socket stands', () => empty > 0 && logins >= 3);
  await bruno.turn();
  gate.open();
  await findEachOther(world, [ana, bruno]);
});

test('whose new device enters between the look-up and the claim is looked up again, and nothing fails', async () => {
  const world = await setUp();
  const gate = createGate('claimKeyPackages', 1);
  const ana = await world.comeBack('Ana', {}, gate);
  await until('Ana has looked Bruno up', gate.isReached);
  let lists = 0;
  const bruno = await world.comeBack('Bruno', {
    alter: (operation, answer) => {
      if (operation === 'publishKeyPackages') lists += 1;
      return answer;
    },
  });
  await until('the key packages of Bruno’s new device are there', () => lists >= 2);
  gate.open();
  await findEachOther(world, [ana, bruno]);
});

test('whose key packages never fit is not waited for without end: what waits fails, and says so', async () => {
  const world = await setUp();
  let claims = 0;
  const ana = await world.comeBack('Ana', {
    alter: (operation, answer) => {
      if (operation !== 'claimKeyPackages' || !('packages' in answer)) return answer;
      claims += 1;
      const keyPackage = new Uint8Array(8);
      return { ...answer, packages: [{ ...answer.packages[0]!, keyPackage }] };
    },
  });
  const last = async () => (await ana.messages(world.conversationId)).at(-1);
  await until('told', async () => (await last())?.failure === 'recipient-unreachable');
  expect(claims).toBe(5);
});

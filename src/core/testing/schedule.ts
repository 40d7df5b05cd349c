/**
 * One storm: people write to each other over a network that loses requests and answers and repeats them, and die at any
 * request, until it calms down. Then everything has to be there once, in order, and nothing may wait any more.
 */
import { createTestRelay } from '../../../relay/testing/in-process-relay.ts';
import type { RelayOperation, RelayResponse } from '../../wire/relay-api.ts';
import type { RelayPort } from '../../sync/transport.ts';
import { createFaultyRelay, type Fate } from './faulty-relay.ts';
import { isOnline, meet, say } from './meet.ts';
import { createRelayInProcess } from './relay-in-process.ts';
import { createTestClient, until, type TestClient } from './test-client.ts';

export type StormOptions = {
  readonly seed: number;
  readonly people: 2 | 3;
  readonly messagesEach: number;
  /** A planted fault: what was fetched is acknowledged before it is durable. */
  readonly acknowledgeEarly?: boolean;
  readonly patienceMs?: number;
};

/** What is wrong, in words; empty if nothing is. */
export const runStorm = async (options: StormOptions): Promise<readonly string[]> => {
  const chance = createChance(options.seed);
  const relay = createTestRelay();
  const port = createRelayInProcess(relay);
  const weather = { isCalm: true };
  const crowd: TestClient[] = [];
  for (const name of ['Ana', 'Bruno', 'Carla'].slice(0, options.people)) {
    const die = (): void => crowd.find((client) => client.name === name)?.crash();
    const stormy = createFaultyRelay(options.acknowledgeEarly ? acknowledgeEarly(port) : port, {
      fate(operation) {
        if (weather.isCalm) return 'delivered';
        // The planted fault shows when somebody dies with what they fetched.
        if (options.acknowledgeEarly && operation === 'fetch' && chance() < 0.2) {
          die();
          return 'delivered';
        }
        return drawFate(chance, operation, die);
      },
    });
    crowd.push(await createTestClient({ relay: stormy, name, clock: relay.nowMs }));
  }
  await Promise.all(crowd.map(isOnline));

  const pairs = crowd.flatMap((one, index) => crowd.slice(index + 1).map((other) => [one, other] as const));
  const talks = [];
  for (const [one, other] of pairs) talks.push({ people: [one, other], conversationId: await meet(one, other) });

  weather.isCalm = false;
  const written = new Map<string, string[]>();
  for (let index = 1; index <= options.messagesEach; index += 1) {
    for (const { people, conversationId } of talks) {
      for (const client of people) {
        // Nothing may be awaited between this look and the writing: who is dead stores nothing.
        while (client.isDead()) await client.reopen();
        const text = `${client.name} ${index}`;
        await say(client, conversationId, text);
        const key = `${client.name} ${conversationId}`;
        written.set(key, [...(written.get(key) ?? []), text]);
        if (chance() < 0.3) await new Promise((resolve) => setTimeout(resolve, chance() * 20));
      }
    }
  }
  weather.isCalm = true;
  for (const client of crowd) {
    while (client.isDead()) await client.reopen();
    client.look();
  }

  const wrong: string[] = [];
  for (const { people, conversationId } of talks) {
    for (const [author, reader] of [people, [...people].reverse()] as [TestClient, TestClient][]) {
      const expected = written.get(`${author.name} ${conversationId}`) ?? [];
      const read = async (): Promise<readonly string[]> =>
        (await reader.texts(conversationId)).filter((text) => text.startsWith(`${author.name} `));
      await until('rest', async () => (await read()).length >= expected.length, options.patienceMs).catch(
        () => undefined,
      );
      const seen = await read();
      const notices = (await reader.messages(conversationId)).filter(({ body }) => body.kind === 'notice');
      if (notices.length > 0) wrong.push(`${reader.name} is told that something is missing, and nothing is`);
      if (seen.join() !== expected.join()) wrong.push(`${reader.name} sees ${seen.join()}, not ${expected.join()}`);
    }
  }
  for (const client of wrong.length > 0 ? [] : crowd) {
    const isAtRest = async (): Promise<boolean> => (await client.api.connection()).waitingCount === 0;
    await until('rest', isAtRest, options.patienceMs).catch(() => wrong.push(`${client.name} still waits`));
  }
  await Promise.all(crowd.map((client) => client.close()));
  await relay.close();
  return wrong;
};

/** A death takes the answer with it: it happens before the relay hears, or after. */
const drawFate = (chance: () => number, operation: RelayOperation, die: () => void): Fate => {
  const drawn = chance();
  if (drawn < 0.02) {
    die();
    return chance() < 0.5 ? 'request-lost' : 'delivered';
  }
  if (drawn < 0.1) return 'request-lost';
  if (drawn < 0.18) return 'answer-lost';
  return drawn < 0.24 && operation !== 'login' ? 'repeated' : 'delivered';
};

/** A planted fault: what is fetched is acknowledged before anybody could have stored it. */
export const acknowledgeEarly = (relay: RelayPort): RelayPort => {
  const early = (acknowledge: (items: RelayResponse<'fetch'>['items']) => Promise<unknown>, answer: unknown) => {
    const { items } = answer as RelayResponse<'fetch'>;
    return items.length > 0 ? acknowledge(items) : undefined;
  };
  const stored = (items: RelayResponse<'fetch'>['items']) => ({
    items: items.map(({ cursor }) => ({ cursor, standing: 'stored' as const })),
  });
  return {
    async call(operation, request, session) {
      const answer = await relay.call(operation, request, session);
      if (operation === 'fetch' && answer.ok) {
        await early((items) => relay.call('acknowledge', stored(items), session), answer.value);
      }
      return answer;
    },
    openSocket(handlers) {
      const socket = relay.openSocket(handlers);
      return {
        async call(operation, request) {
          const answer = await socket.call(operation, request);
          if (operation === 'fetch' && answer.ok) {
            await early((items) => socket.call('acknowledge', stored(items)), answer.value);
          }
          return answer;
        },
        close: () => socket.close(),
      };
    },
  };
};

/** Mulberry32. */
export const createChance = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

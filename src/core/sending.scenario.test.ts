import { afterEach, describe, expect, test } from 'vitest';
import type { MessageId } from '../domain/ids.ts';
import { DAY_MS } from '../domain/limits.ts';
import { createTestRelay, type TestRelay } from '../../relay/testing/in-process-relay.ts';
import type { RelayPort } from '../sync/transport.ts';
import { createFaultyRelay, type Fate } from './testing/faulty-relay.ts';
import { allArrived, ask, meet, say } from './testing/meet.ts';
import { createRelayInProcess } from './testing/relay-in-process.ts';
import { createTestClient, PASSWORD, until, type TestClient } from './testing/test-client.ts';

const DEPOSIT_ID_RANDOM_BYTES = 12;

const numbers = (count: number, from = 1): string[] => Array.from({ length: count }, (_, index) => `${index + from}`);

const closing: TestClient[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((client) => client.close()));
});

/** Two people who have met, at a relay whose network does to Ana's calls what the test says. */
const setUp = async (): Promise<{
  readonly relay: TestRelay;
  readonly port: RelayPort;
  readonly ana: TestClient;
  readonly bruno: TestClient;
  readonly conversationId: Awaited<ReturnType<typeof meet>>;
  readonly fate: { next: (operation: string) => Fate };
}> => {
  const relay = createTestRelay();
  const port = createRelayInProcess(relay);
  const fate = { next: (_operation: string): Fate => 'delivered' };
  const faulty = createFaultyRelay(port, { fate: (operation) => fate.next(operation) });
  const ana = await createTestClient({ relay: faulty, name: 'Ana', clock: relay.nowMs });
  const bruno = await createTestClient({ relay: port, name: 'Bruno', clock: relay.nowMs });
  closing.push(ana, bruno);
  return { relay, port, ana, bruno, fate, conversationId: await meet(ana, bruno) };
};

/** Ana and Carla have met; the network does to Carla's calls what the test says. */
const withCarla = async () => {
  const { relay, port, ana } = await setUp();
  const fate = { next: (_operation: string): Fate => 'delivered' };
  const faulty = createFaultyRelay(port, { fate: (operation) => fate.next(operation) });
  const carla = await createTestClient({ relay: faulty, name: 'Carla', clock: relay.nowMs });
  closing.push(carla);
  return { relay, ana, carla, fate, conversationId: await meet(ana, carla) };
};

describe('what was written while offline', () => {
  test('goes out once and in order when the network is back', async () => {
    const { ana, bruno, conversationId } = await setUp();
    ana.goOffline();
    for (const text of numbers(70)) await say(ana, conversationId, text);
    expect((await ana.messages(conversationId)).at(-1)?.delivery).toBe('stored');
    expect(await ana.api.connection()).toMatchObject({ state: 'offline', waitingCount: 70 });
    ana.goOnline();
    await allArrived(ana, conversationId);
    expect(await bruno.texts(conversationId)).toEqual(['hello', ...numbers(70)]);
    await until('nothing waits', async () => (await ana.api.connection()).waitingCount === 0);
  });

  test('survives a crash before it was sealed', async () => {
    const { ana, bruno, conversationId } = await setUp();
    ana.goOffline();
    for (const text of numbers(5)) await say(ana, conversationId, text);
    ana.crash();
    await ana.reopen();
    ana.goOnline();
    await until('Bruno reads', async () => (await bruno.texts(conversationId)).length === 6);
    expect(await bruno.texts(conversationId)).toEqual(['hello', ...numbers(5)]);
  });
});

describe('a message that is deleted before it has left', () => {
  test('is not sent; deleted while it is being sealed, it goes out and leaves no gap', async () => {
    const relay = createTestRelay();
    const port = createRelayInProcess(relay);
    // Sealing draws a deposit id for each message; that is the moment at which the person deletes it.
    let whileSealing: (() => void) | undefined;
    const random = (length: number) => {
      if (length === DEPOSIT_ID_RANDOM_BYTES) whileSealing?.();
      return crypto.getRandomValues(new Uint8Array(length));
    };
    const ana = await createTestClient({ relay: port, name: 'Ana', clock: relay.nowMs, random });
    const bruno = await createTestClient({ relay: port, name: 'Bruno', clock: relay.nowMs });
    closing.push(ana, bruno);
    const conversationId = await meet(ana, bruno);
    const idOf = async (text: string): Promise<MessageId> => {
      const message = (await ana.messages(conversationId)).find(({ body }) => 'text' in body && body.text === text);
      return message!.messageId;
    };
    ana.goOffline();
    for (const text of ['never', 'meanwhile', 'after']) await say(ana, conversationId, text);
    await ana.api.deleteMessage({ messageId: await idOf('never') });
    expect(await ana.api.connection()).toMatchObject({ waitingCount: 2 });
    const meanwhile = await idOf('meanwhile');
    whileSealing = () => {
      whileSealing = undefined;
      void ana.api.deleteMessage({ messageId: meanwhile });
    };
    ana.goOnline();
    await allArrived(ana, conversationId);
    await until('Bruno reads', async () => (await bruno.texts(conversationId)).includes('after'));
    expect(await ana.texts(conversationId)).toEqual(['hello', 'after']);
    const seen = (await bruno.messages(conversationId)).map(({ body }) => body);
    expect(seen).toMatchObject([{ text: 'hello' }, { text: 'meanwhile' }, { text: 'after' }]);
    await until('nothing waits', async () => (await ana.api.connection()).waitingCount === 0);
  });
});

describe('a crash between sealing and sending', () => {
  test('sends the sealed bytes afterwards, once', async () => {
    const { ana, bruno, fate, conversationId } = await setUp();
    // Sealed and durable, but the deposit never leaves.
    fate.next = (operation) => (operation === 'deposit' ? 'request-lost' : 'delivered');
    for (const text of numbers(3)) await say(ana, conversationId, text);
    await until('sealed', async () => (await ana.api.connection()).state === 'offline');
    ana.crash();
    fate.next = () => 'delivered';
    await ana.reopen();
    await allArrived(ana, conversationId);
    expect(await bruno.texts(conversationId)).toEqual(['hello', ...numbers(3)]);
  });
});

describe('a lost answer to a deposit', () => {
  test('makes no second message', async () => {
    const { ana, bruno, fate, conversationId } = await setUp();
    let lost = 0;
    fate.next = (operation) => (operation === 'deposit' && (lost += 1) <= 3 ? 'answer-lost' : 'delivered');
    for (const text of numbers(4)) await say(ana, conversationId, text);
    await allArrived(ana, conversationId);
    expect(lost).toBeGreaterThan(3);
    expect(await bruno.texts(conversationId)).toEqual(['hello', ...numbers(4)]);
  });

  test('and a crash right after it make no second message either', async () => {
    const { ana, bruno, fate, conversationId } = await setUp();
    fate.next = (operation) => (operation === 'deposit' ? 'answer-lost' : 'delivered');
    await say(ana, conversationId, 'once');
    await until('Bruno reads', async () => (await bruno.texts(conversationId)).length === 2);
    ana.crash();
    fate.next = () => 'delivered';
    await ana.reopen();
    await allArrived(ana, conversationId);
    expect(await bruno.texts(conversationId)).toEqual(['hello', 'once']);
  });

  test('a repeated request makes no second message', async () => {
    const { ana, bruno, fate, conversationId } = await setUp();
    fate.next = (operation) => (operation === 'deposit' ? 'repeated' : 'delivered');
    for (const text of numbers(4)) await say(ana, conversationId, text);
    await allArrived(ana, conversationId);
    expect(await bruno.texts(conversationId)).toEqual(['hello', ...numbers(4)]);
  });
});

describe('time', () => {
  test('seven days without anybody fetching it: told, and sent again by a retry', async () => {
    const { relay, ana, bruno, conversationId } = await setUp();
    bruno.crash();
    await say(ana, conversationId, 'are you there?');
    await until('at the relay', async () => (await ana.messages(conversationId)).at(-1)?.delivery === 'at-relay');
    relay.moveClock(7 * DAY_MS);
    await relay.expire();
    ana.look();
    await until('told', async () => (await ana.messages(conversationId)).at(-1)?.delivery === 'failed');
    const failed = (await ana.messages(conversationId)).at(-1)!;
    expect(failed.failure).toBe('expired');

    await bruno.reopen();
    await ana.api.retryMessage({ messageId: failed.messageId });
    await allArrived(ana, conversationId);
    expect(await bruno.texts(conversationId)).toEqual(['hello', 'are you there?']);
  });

  test('a receipt that comes after the seven days still says that it arrived', async () => {
    const { relay, ana, carla, fate, conversationId } = await withCarla();
    // Carla reads it and is cut off before her receipt leaves.
    fate.next = (operation) => (operation === 'deposit' ? 'request-lost' : 'delivered');
    await say(ana, conversationId, 'did it come?');
    await until('Carla reads', async () => (await carla.texts(conversationId)).length === 2);
    carla.goOffline();
    relay.moveClock(7 * DAY_MS);
    await relay.expire();
    ana.look();
    await until('told', async () => (await ana.messages(conversationId)).at(-1)?.delivery === 'failed');
    fate.next = () => 'delivered';
    carla.goOnline();
    await allArrived(ana, conversationId);
    expect((await ana.messages(conversationId)).at(-1)).toMatchObject({ delivery: 'on-device', failure: undefined });
  });

  test('seven days are seven days, also where it was sealed once more on the sixth', async () => {
    const { relay, ana, bruno, fate, conversationId } = await setUp();
    bruno.crash();
    await say(ana, conversationId, 'are you there?');
    await until('at the relay', async () => (await ana.messages(conversationId)).at(-1)?.delivery === 'at-relay');
    let deposits = 0;
    fate.next = (operation) => {
      if (operation === 'deposit') deposits += 1;
      return 'delivered';
    };
    relay.moveClock(6.1 * DAY_MS);
    ana.look();
    await until('sealed anew and sent', () => deposits === 1);
    await until('at the relay again', async () => (await ana.api.connection()).waitingCount === 0);
    expect((await ana.messages(conversationId)).at(-1)?.delivery).toBe('at-relay');
    relay.moveClock(DAY_MS);
    await relay.expire();
    ana.look();
    await until('told', async () => (await ana.messages(conversationId)).at(-1)?.failure === 'expired');
    // The second sealing is a day old: it still gets there, and the receipt puts things right.
    await bruno.reopen();
    await allArrived(ana, conversationId);
    expect(await bruno.texts(conversationId)).toEqual(['hello', 'are you there?']);
  });

  test('six days without a receipt: sealed once more, shown once', async () => {
    const { relay, ana, carla, fate, conversationId } = await withCarla();
    // Carla reads it, and her receipt never leaves.
    fate.next = (operation) => (operation === 'deposit' ? 'request-lost' : 'delivered');
    await say(ana, conversationId, 'quiet');
    await until('Carla reads', async () => (await carla.texts(conversationId)).length === 2);
    carla.goOffline();
    relay.moveClock(6 * DAY_MS + 1);
    await relay.expire();
    ana.look();
    await until('at the relay', async () => (await ana.api.connection()).waitingCount === 0);
    fate.next = () => 'delivered';
    carla.goOnline();
    await allArrived(ana, conversationId);
    expect(await carla.texts(conversationId)).toEqual(['hello', 'quiet']);
  });

  test('a sealing that lay for days at home is sealed anew when it can go out', async () => {
    const { relay, ana, bruno, fate, conversationId } = await setUp();
    fate.next = (operation) => (operation === 'deposit' ? 'request-lost' : 'delivered');
    await say(ana, conversationId, 'late');
    await until('sealed', async () => (await ana.api.connection()).state === 'offline');
    ana.goOffline();
    relay.moveClock(4 * DAY_MS);
    fate.next = () => 'delivered';
    ana.goOnline();
    await allArrived(ana, conversationId);
    expect(await bruno.texts(conversationId)).toEqual(['hello', 'late']);
  });
});

describe('“try again”', () => {
  test('on what failed says at once that it waits again, once', async () => {
    const { relay, ana, bruno, conversationId } = await setUp();
    bruno.crash();
    await say(ana, conversationId, 'are you there?');
    await until('at the relay', async () => (await ana.messages(conversationId)).at(-1)?.delivery === 'at-relay');
    relay.moveClock(7 * DAY_MS);
    ana.look();
    await until('told', async () => (await ana.messages(conversationId)).at(-1)?.delivery === 'failed');
    ana.goOffline();
    const { messageId } = (await ana.messages(conversationId)).at(-1)!;
    for (let press = 0; press < 2; press += 1) {
      const retried = await ana.api.retryMessage({ messageId });
      expect(retried).toMatchObject({ ok: true, value: { delivery: 'stored', failure: undefined } });
    }
    expect(await ana.api.connection()).toMatchObject({ waitingCount: 1 });
  });

  test('on what the relay did not let somebody open a conversation with, opens it anew', async () => {
    const relay = createTestRelay();
    const port = createRelayInProcess(relay);
    let isRefusing = true;
    const refusing = createFaultyRelay(port, {
      refuse: (operation) => (operation === 'commit' && isRefusing ? { code: 'forbidden', message: '' } : undefined),
    });
    const ana = await createTestClient({ relay: refusing, name: 'Ana', clock: relay.nowMs });
    const bruno = await createTestClient({ relay: port, name: 'Bruno', clock: relay.nowMs });
    closing.push(ana, bruno);
    await until('Ana has an account', async () => (await ana.api.connection()).state === 'online');
    const conversationId = await ask(ana, bruno);
    await until('told', async () => (await ana.messages(conversationId)).at(-1)?.failure === 'recipient-unreachable');
    isRefusing = false;
    const { messageId } = (await ana.messages(conversationId)).at(-1)!;
    expect(await ana.api.retryMessage({ messageId })).toMatchObject({ ok: true });
    await until('Bruno is asked', async () => (await bruno.api.requests()).length === 1);
    await bruno.api.acceptRequest({ conversationId });
    await allArrived(ana, conversationId);
    expect(await bruno.texts(conversationId)).toEqual(['hello']);
  });

  test('on what did not fail sends nothing a second time', async () => {
    const { ana, bruno, conversationId } = await setUp();
    ana.goOffline();
    await say(ana, conversationId, 'once');
    const { messageId } = (await ana.messages(conversationId)).at(-1)!;
    expect(await ana.api.retryMessage({ messageId })).toMatchObject({ ok: true, value: { delivery: 'stored' } });
    expect(await ana.api.connection()).toMatchObject({ waitingCount: 1 });
    ana.goOnline();
    await allArrived(ana, conversationId);
    await until('nothing waits', async () => (await ana.api.connection()).waitingCount === 0);
    ana.goOffline();
    expect(await ana.api.retryMessage({ messageId })).toMatchObject({ ok: true, value: { delivery: 'on-device' } });
    expect(await ana.api.connection()).toMatchObject({ waitingCount: 0 });
    expect(await bruno.texts(conversationId)).toEqual(['hello', 'once']);
  });
});

describe('an account', () => {
  test('opens with its password after a crash, history whole, and with no other', async () => {
    const { ana, conversationId } = await setUp();
    ana.crash();
    await expect(ana.reopen('not my password')).rejects.toThrow('wrong-password');
    await ana.reopen();
    expect(await ana.texts(conversationId)).toEqual(['hello']);
    expect(await ana.api.changePassword({ current: 'nope nope nope', next: 'another long one' })).toEqual({
      ok: false,
      error: { tag: 'wrong-password' },
    });
    expect(await ana.api.changePassword({ current: PASSWORD, next: 'another long one' })).toEqual({ ok: true });
    ana.crash();
    await expect(ana.reopen()).rejects.toThrow('wrong-password');
    await ana.reopen('another long one');
  });

  test('that was copied and used twice is told, and nothing of the old copy’s ratchets leaves it', async () => {
    const { relay, ana, bruno, conversationId } = await setUp();
    await until('at rest', async () => (await ana.api.connection()).state === 'online');
    const stolen = ana.vaults.copy();
    await say(ana, conversationId, 'from the living one');
    await allArrived(ana, conversationId);
    ana.crash();
    const clone = await createTestClient({
      relay: createRelayInProcess(relay),
      name: 'Ana',
      clock: relay.nowMs,
      vaults: stolen,
    });
    closing.push(clone);
    await clone.reopen();
    await say(clone, conversationId, 'from the copy');
    await until('told', async () => (await clone.api.me()).olderCopy !== undefined);
    await allArrived(clone, conversationId);
    expect(await bruno.texts(conversationId)).toEqual(['hello', 'from the living one', 'from the copy']);
    expect((await bruno.messages(conversationId)).map(({ body }) => body)).not.toContainEqual({
      kind: 'notice',
      notice: 'undecryptable',
    });
  });

  test('made offline with a handle that somebody else has is told so, until it claims another', async () => {
    const relay = createTestRelay();
    let isUp = false;
    const port = createRelayInProcess(relay);
    const later = createFaultyRelay(port, { fate: () => (isUp ? 'delivered' : 'request-lost') });
    const carla = await createTestClient({ relay: later, name: 'Carla', handle: 'carla', clock: relay.nowMs });
    const other = await createTestClient({ relay: port, name: 'Carla', handle: 'carla', clock: relay.nowMs });
    closing.push(carla, other);
    await until('the other has it', async () => (await other.api.me()).handle === 'carla');
    isUp = true;
    carla.look();
    await until('told', async () => (await carla.api.me()).refusedHandle === 'carla');
    expect(carla.events).toContainEqual({ type: 'me', me: await carla.api.me() });
    carla.crash();
    await carla.reopen();
    expect(await carla.api.me()).toMatchObject({ handle: undefined, refusedHandle: 'carla' });

    expect(await carla.api.claimHandle({ handle: 'carla_2' })).toMatchObject({ ok: true });
    expect(await carla.api.me()).toMatchObject({ handle: 'carla_2' });
    expect((await carla.api.me()).refusedHandle).toBeUndefined();
  });

  test('made offline is useful at once and becomes known when there is a relay', async () => {
    const relay = createTestRelay();
    let isUp = false;
    const port = createFaultyRelay(createRelayInProcess(relay), {
      fate: () => (isUp ? 'delivered' : 'request-lost'),
    });
    const carla = await createTestClient({ relay: port, name: 'Carla', handle: 'carla', clock: relay.nowMs });
    closing.push(carla);
    expect(await carla.api.me()).toEqual({ accountId: undefined, name: 'Carla', handle: undefined });
    expect(await carla.api.createInvite()).toEqual({ ok: false, error: { tag: 'offline' } });
    isUp = true;
    carla.look();
    await until('known', async () => (await carla.api.me()).handle === 'carla');
  });
});

/**
 * A core dies with a request in its hands; the page does not know how far it came, and asks the next core the same. It
 * dies at every point in turn: each change of a file, each flush, each call to the relay before it leaves and before its
 * answer is heard, and once when all is done and only the answer is missing.
 */
import { afterEach, expect, test } from 'vitest';
import { createTestRelay } from '../../relay/testing/in-process-relay.ts';
import type { ConversationId, MessageId } from '../domain/ids.ts';
import { ask, isOnline, meet, say } from './testing/meet.ts';
import { createMortality, type Mortality } from './testing/mortality.ts';
import { createRelayInProcess } from './testing/relay-in-process.ts';
import { createTestClient, PASSWORD, until, type TestClient } from './testing/test-client.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

type Scene = {
  readonly ana: TestClient;
  readonly bruno: TestClient;
  readonly mortality: Mortality;
};

const setScene = async (): Promise<Scene> => {
  const relay = createTestRelay();
  const port = createRelayInProcess(relay);
  const mortality = createMortality(port, false);
  const common = { clock: relay.nowMs };
  const ana = await createTestClient({
    ...common,
    relay: mortality.relay,
    onFileChange: mortality.onFileChange,
    name: 'Ana',
  });
  const bruno = await createTestClient({ ...common, relay: port, name: 'Bruno', handle: 'bruno' });
  mortality.strike(ana);
  closing.push(
    () => ana.close(),
    () => bruno.close(),
  );
  await Promise.all([isOnline(ana), isOnline(bruno)]);
  return { ana, bruno, mortality };
};

/** Asks, dies at `point`, and asks the next core. True while `point` was reached at all. */
const askTwice = async <T>(
  { ana, mortality }: Scene,
  point: number,
  request: () => Promise<T>,
  password?: () => Promise<string>,
): Promise<{ readonly answer: T; readonly wasReached: boolean }> => {
  mortality.dieAt(point);
  // What a core says while it dies is heard by nobody.
  const first = request().catch(() => undefined);
  await Promise.race([first, until('its end', () => ana.isDead())]);
  const wasReached = ana.isDead();
  mortality.endWaiting();
  if (!wasReached) ana.crash();
  await ana.reopen(await password?.());
  return { answer: await request(), wasReached };
};

const MOST_POINTS = 60;

const atEveryPoint = async (run: (point: number) => Promise<boolean>): Promise<number> => {
  for (let point = 0; point < MOST_POINTS; point += 1) if (!(await run(point))) return point;
  throw new Error('a request without end');
};

const toId = (point: number): MessageId => point.toString(16).padStart(32, 'a') as MessageId;

test('a message is sent once, and told as stored', async () => {
  const scene = await setScene();
  const { ana, bruno } = scene;
  const conversationId = await meet(ana, bruno);
  const expected = ['hello'];
  const points = await atEveryPoint(async (point) => {
    const text = `text ${point}`;
    const { answer, wasReached } = await askTwice(scene, point, () =>
      ana.api.sendText({ conversationId, text, messageId: toId(point) }),
    );
    expect(answer).toMatchObject({ ok: true, value: { messageId: toId(point), body: { text } } });
    expected.push(text);
    return wasReached;
  });
  expect(points).toBeGreaterThan(2);
  expect(await ana.texts(conversationId)).toEqual(expected);
  await until('Bruno has all', async () => (await bruno.texts(conversationId)).length >= expected.length);
  expect(await bruno.texts(conversationId)).toEqual(expected);
});

test('a message whose id another core has stored and deleted is not sent again', async () => {
  const { ana, bruno } = await setScene();
  const conversationId = await meet(ana, bruno);
  const message = { conversationId, text: 'once', messageId: toId(1) };
  await ana.api.sendText(message);
  await ana.api.deleteMessage({ messageId: toId(1) });
  await expect(ana.api.sendText(message)).rejects.toThrow('deleted');
  expect(await ana.texts(conversationId)).toEqual(['hello']);
});

test.each<[string, (ana: TestClient, conversationId: ConversationId) => Promise<unknown>, number]>([
  ['accepted', (ana, conversationId) => ana.api.acceptRequest({ conversationId }), 1],
  ['declined', (ana, conversationId) => ana.api.declineRequest({ conversationId, block: false }), 0],
])('a request that is %s stays so', async (_what, decide, chats) => {
  await atEveryPoint(async (point) => {
    const scene = await setScene();
    const { ana, bruno } = scene;
    const conversationId = await ask(bruno, ana);
    await until('Ana is asked', async () => (await ana.api.requests()).length === 1);
    const { answer, wasReached } = await askTwice(scene, point, () => decide(ana, conversationId));
    expect(answer).toMatchObject({ ok: true });
    expect(await ana.api.requests()).toEqual([]);
    expect(await ana.api.conversations({ limit: 10, after: undefined })).toHaveLength(chats);
    return wasReached && point < 6;
  });
});

test('a chat is started once', async () => {
  await atEveryPoint(async (point) => {
    const scene = await setScene();
    const { ana, bruno } = scene;
    const accountId = await bruno.accountId();
    const { answer, wasReached } = await askTwice(scene, point, () =>
      ana.api.startConversation({ accountId, name: 'Bruno' }),
    );
    expect(answer).toMatchObject({ ok: true });
    if (!answer.ok) throw new Error(answer.error.tag);
    await say(ana, answer.value.conversationId, 'hello');
    await until('Bruno is asked', async () => (await bruno.api.requests()).length === 1);
    expect(await ana.api.conversations({ limit: 10, after: undefined })).toHaveLength(1);
    return wasReached && point < 8;
  });
});

test('a handle is claimed once, and the next one can be claimed', async () => {
  const scene = await setScene();
  const { ana } = scene;
  const points = await atEveryPoint(async (point) => {
    const handle = `ana_${point}`;
    await isOnline(ana);
    await ana.turn(); // so that the points are those of the claim
    const { answer, wasReached } = await askTwice(scene, point, () => ana.api.claimHandle({ handle }));
    expect(answer).toMatchObject({ ok: true, value: { handle } });
    return wasReached && point < 16;
  });
  expect(points).toBeGreaterThan(3);
});

test('a password is changed once, and a wrong one is still wrong', async () => {
  const scene = await setScene();
  const { ana } = scene;
  let current = PASSWORD;
  await atEveryPoint(async (point) => {
    const next = `another long password ${point}`;
    // Whichever of the two opens the account now: a death may come before or after the header was written.
    const opens = async (): Promise<string> => {
      await ana.reopen(next).catch(() => ana.reopen(current));
      const changed = await ana.api.changePassword({ current: next, next });
      ana.crash();
      return changed.ok ? next : current;
    };
    const { answer, wasReached } = await askTwice(scene, point, () => ana.api.changePassword({ current, next }), opens);
    expect(answer).toEqual({ ok: true, value: undefined });
    current = next;
    return wasReached;
  });
  const wrong = await ana.api.changePassword({ current: 'not the one', next: 'yet another password' });
  expect(wrong).toEqual({ ok: false, error: { tag: 'wrong-password' } });
});

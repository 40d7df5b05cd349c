/**
 * One exchange of two people, again and again: each time Ana's process dies at the next point, and is opened again from
 * the bytes that it left. The points are every change of a file, every flush, and every call to the relay, before it
 * leaves and before its answer is heard. Nothing else is seen outside, so a death anywhere between two of them is the
 * same as one at the later of the two.
 */
import { createTestRelay } from '../../../relay/testing/in-process-relay.ts';
import type { ConversationId } from '../../domain/ids.ts';
import { createFaultyRelay } from './faulty-relay.ts';
import { isOnline, meet, say } from './meet.ts';
import type { VaultImages } from './memory-vaults.ts';
import { createRelayInProcess } from './relay-in-process.ts';
import { acknowledgeEarly } from './schedule.ts';
import { createTestClient, until, type TestClient } from './test-client.ts';

export type CrashPointOptions = {
  /** A fault that has to be seen. `lost-commit`: a death takes the last thing that was called stored with it. */
  readonly planted?: 'acknowledge-early' | 'lost-commit';
  readonly patienceMs?: number;
};

/** An exchange may be a point shorter than the one before: what comes together is taken together. */
const RUNS_PAST_THE_END = 3;

export type CrashPointsResult = { readonly tried: number; readonly bad: number; readonly example: string | undefined };

export const sweepCrashPoints = async (options: CrashPointOptions): Promise<CrashPointsResult> => {
  const exchange = await createExchange(options);
  let [tried, pastTheEnd] = [0, 0];
  let example: string | undefined;
  // What went wrong once is wrong ever after.
  for (let point = 0; pastTheEnd < RUNS_PAST_THE_END && example === undefined; point += 1) {
    const { wasReached, wrong } = await exchange.run(point);
    if (wasReached) tried += 1;
    pastTheEnd = wasReached ? 0 : pastTheEnd + 1;
    if (wrong !== undefined) example = `point ${point}: ${wrong}`;
  }
  await exchange.close();
  return { tried, bad: example === undefined ? 0 : 1, example };
};

const createExchange = async ({ planted, patienceMs }: CrashPointOptions) => {
  const relay = createTestRelay();
  const port = createRelayInProcess(relay);
  /** Undefined: nobody dies. */
  let pointsLeft: number | undefined;
  const mortal: { client?: TestClient } = {};
  /** As it stood at the last flush, and at the one before. */
  let [last, before]: (VaultImages | undefined)[] = [];
  const dies = (): boolean => {
    if (pointsLeft === undefined) return false;
    pointsLeft -= 1;
    if (pointsLeft >= 0) return false;
    pointsLeft = undefined;
    mortal.client?.crash();
    if (planted === 'lost-commit') mortal.client?.vaults.crash(before);
    return true;
  };
  const faulty = createFaultyRelay(planted === 'acknowledge-early' ? acknowledgeEarly(port) : port, {
    fate: () => (dies() ? 'request-lost' : (dies(), 'delivered')),
  });
  const onFileChange = (operation: 'write' | 'flush'): void => {
    if (planted === 'lost-commit' && operation === 'flush') [before, last] = [last, mortal.client?.vaults.images()];
    dies();
  };
  const ana = await createTestClient({ relay: faulty, name: 'Ana', clock: relay.nowMs, onFileChange });
  const bruno = await createTestClient({ relay: port, name: 'Bruno', clock: relay.nowMs });
  mortal.client = ana;
  const people = { ana, bruno };
  await Promise.all([isOnline(ana), isOnline(bruno)]);
  const conversationId = await meet(ana, bruno);
  const expected = ['hello'];

  /** Whether Ana's text counts as written: what she was told was stored, or what she finds after a death in between. */
  const write = async (text: string): Promise<void> => {
    await revive(people.ana);
    await say(people.ana, conversationId, text);
    if (!people.ana.isDead()) return void expected.push(text);
    await revive(people.ana);
    if ((await people.ana.texts(conversationId)).includes(text)) expected.push(text);
  };

  return {
    async run(point: number): Promise<{ readonly wasReached: boolean; readonly wrong: string | undefined }> {
      pointsLeft = point;
      await say(bruno, conversationId, `Bruno ${point}`);
      expected.push(`Bruno ${point}`);
      await write(`Ana ${point} a`);
      await write(`Ana ${point} b`);
      const rest = (): Promise<boolean> => isAtRest(people, conversationId, expected.length);
      await until('rest', rest, patienceMs).catch(() => undefined);
      const wasReached = pointsLeft === undefined;
      pointsLeft = undefined;
      await revive(people.ana);
      return { wasReached, wrong: await findWrong(people, conversationId, expected) };
    },
    async close(): Promise<void> {
      await Promise.all([people.ana.close(), people.bruno.close()]);
      await relay.close();
    },
  };
};

type People = { readonly ana: TestClient; readonly bruno: TestClient };

const revive = async (client: TestClient): Promise<void> => {
  while (client.isDead()) await client.reopen();
};

const isAtRest = async ({ ana, bruno }: People, conversationId: ConversationId, count: number): Promise<boolean> => {
  await revive(ana);
  for (const client of [ana, bruno]) {
    const messages = await client.messages(conversationId);
    if (messages.length < count) return false;
    if (messages.some(({ author, delivery }) => author.isMe && delivery !== 'on-device')) return false;
    if ((await client.api.connection()).waitingCount > 0) return false;
  }
  return !ana.isDead();
};

/** Each author's texts once and in order on both devices, and no word about anything missing. */
const findWrong = async (
  people: People,
  conversationId: ConversationId,
  expected: readonly string[],
): Promise<string | undefined> => {
  for (const client of Object.values(people)) {
    const messages = await client.messages(conversationId);
    if (messages.some(({ body }) => body.kind === 'notice')) return `${client.name} is told that something is missing`;
    if (messages.some(({ author, delivery }) => author.isMe && delivery !== 'on-device'))
      return `what ${client.name} wrote is not known to have arrived`;
    const texts = await client.texts(conversationId);
    for (const isAna of [true, false]) {
      const of = (all: readonly string[]): string => all.filter((text) => text.startsWith('Ana') === isAna).join();
      if (of(texts) !== of(expected))
        return `${client.name} sees ${of(texts.slice(-4))}, not ${of(expected.slice(-4))}`;
    }
  }
  return undefined;
};

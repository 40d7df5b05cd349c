/**
 * One exchange of two people, again and again: each time Ana's process dies at the next point, and is opened again from
 * the bytes that it left.
 */
import { createTestRelay } from '../../../relay/testing/in-process-relay.ts';
import type { ConversationId } from '../../domain/ids.ts';
import { isOnline, meet, say } from './meet.ts';
import { createMortality, revived, sweepPoints, type MortalWorld, type PointsResult } from './mortality.ts';
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

export const sweepCrashPoints = async (options: CrashPointOptions): Promise<PointsResult> =>
  sweepPoints(() => createExchange(options), { every: 1, runsPastTheEnd: RUNS_PAST_THE_END });

const createExchange = async ({ planted, patienceMs }: CrashPointOptions): Promise<MortalWorld> => {
  const relay = createTestRelay();
  const port = createRelayInProcess(relay);
  const mortality = createMortality(
    planted === 'acknowledge-early' ? acknowledgeEarly(port) : port,
    planted === 'lost-commit',
  );
  const ana = await createTestClient({
    relay: mortality.relay,
    onFileChange: mortality.onFileChange,
    name: 'Ana',
    clock: relay.nowMs,
  });
  const bruno = await createTestClient({ relay: port, name: 'Bruno', clock: relay.nowMs });
  mortality.strike(ana);
  const people = { ana, bruno };
  await Promise.all([isOnline(ana), isOnline(bruno)]);
  const conversationId = await meet(ana, bruno);
  const expected = ['hello'];

  /** Whether Ana's text counts as written: what she was told was stored, or what she finds after a death in between. */
  const write = async (text: string): Promise<void> => {
    // She may die between being looked at and beginning to write.
    do await revived(people.ana);
    while (people.ana.isDead());
    await say(people.ana, conversationId, text);
    if (!people.ana.isDead()) return void expected.push(text);
    await revived(people.ana);
    if ((await people.ana.texts(conversationId)).includes(text)) expected.push(text);
  };

  return {
    async run(point) {
      mortality.dieAt(point);
      await say(bruno, conversationId, `Bruno ${point}`);
      expected.push(`Bruno ${point}`);
      await write(`Ana ${point} a`);
      await write(`Ana ${point} b`);
      const rest = (): Promise<boolean> => isAtRest(people, conversationId, expected.length);
      await until('rest', rest, patienceMs).catch(() => undefined);
      const wasReached = mortality.endWaiting();
      await revived(people.ana);
      return { wasReached, wrong: await findWrong(people, conversationId, expected) };
    },
    async close() {
      await Promise.all([people.ana.close(), people.bruno.close()]);
      await relay.close();
    },
  };
};

type People = { readonly ana: TestClient; readonly bruno: TestClient };

const isAtRest = async ({ ana, bruno }: People, conversationId: ConversationId, count: number): Promise<boolean> => {
  await revived(ana);
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

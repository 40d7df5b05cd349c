import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRelayProcess, type RelayProcessOptions } from '../../relay/testing/relay-process.ts';
import {
  callOver,
  createPair,
  createPerson,
  must,
  overHttp,
  seal,
  type CallRelay,
  type TestPerson,
} from '../../relay/testing/test-client.ts';
import { createChance } from '../../sim/commit-rows/chance.ts';
import type { Tally } from './relay-races.ts';

const SENDERS = 4;
/** Acknowledged before each kill. */
const LEAST_DEPOSITS = 40;

/** A relay in its own process, deposits from several senders, SIGKILL at a random moment, again and again. */
export const runKills = async (options: {
  readonly kills: number;
  readonly seed: number;
  readonly fault?: RelayProcessOptions['fault'];
}): Promise<{ readonly kills: Tally; readonly deposits: Tally }> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'sotto-kills-'));
  const chance = createChance(options.seed);
  const relay = await startRelayProcess({ dataDir, ...(options.fault && { fault: options.fault }) });
  const call = callOver(overHttp(relay.url));
  const [ada, ben] = [await createPerson(call), await createPerson(call)];
  const { groupId, capability } = await createPair(ada, ben, Date.now());

  let killsWithLoss = 0;
  let acknowledged = 0;
  let wrong = 0;
  for (let kill = 0; kill < options.kills; kill += 1) {
    let untilKill = LEAST_DEPOSITS + chance.below(LEAST_DEPOSITS);
    let kills: Promise<void> | undefined;
    const onAcknowledged = (): void => {
      untilKill -= 1;
      if (untilKill === 0) kills = relay.kill();
    };
    const senders = Array.from({ length: SENDERS }, () => sendUntilDown(call, { groupId, capability }, onAcknowledged));
    const sent = await Promise.all(senders);
    await kills;
    await relay.restart();

    // What got no answer is sent again, the same bytes: it may have been stored, and then it must not be twice.
    const done = sent.flatMap((sender) => sender.acknowledged);
    const unanswered = sent.flatMap((sender) => sender.unanswered);
    for (const envelope of unanswered) must(await call('deposit', { envelope, capability }));
    const arrived = await takeAll(ben);
    const lost = done.filter((envelope) => arrived.get(nameOf(envelope)) !== 1);
    const missing = unanswered.filter((envelope) => arrived.get(nameOf(envelope)) !== 1);
    acknowledged += done.length + unanswered.length;
    wrong += lost.length + missing.length;
    if (lost.length > 0) killsWithLoss += 1;
  }
  await relay.stop();
  await rm(dataDir, { recursive: true, force: true });
  return {
    kills: { tried: options.kills, bad: killsWithLoss },
    deposits: { tried: acknowledged, bad: wrong },
  };
};

type Sent = { readonly acknowledged: readonly Uint8Array[]; readonly unanswered: readonly Uint8Array<ArrayBuffer>[] };

const sendUntilDown = async (
  call: CallRelay,
  { groupId, capability }: Awaited<ReturnType<typeof createPair>>,
  onAcknowledged: () => void,
): Promise<Sent> => {
  const acknowledged: Uint8Array[] = [];
  for (;;) {
    const envelope = seal({ class: 'message', groupId, base: 1, head: 1 }, Date.now());
    // A call that rejects got no answer: whether it was stored is not known.
    const answer = await call('deposit', { envelope, capability }).catch(() => undefined);
    if (answer === undefined) return { acknowledged, unanswered: [envelope] };
    must(answer);
    acknowledged.push(envelope);
    onAcknowledged();
  }
};

const nameOf = (envelope: Uint8Array): string => Buffer.from(envelope).toString('base64');

/** How often each envelope waits in the mailbox; all of it is acknowledged. */
const takeAll = async ({ call }: TestPerson): Promise<ReadonlyMap<string, number>> => {
  const counts = new Map<string, number>();
  for (;;) {
    const { items } = must(await call('fetch', { after: 0, limit: 256 }));
    if (items.length === 0) return counts;
    for (const { envelope } of items) counts.set(nameOf(envelope), (counts.get(nameOf(envelope)) ?? 0) + 1);
    must(await call('acknowledge', { items: items.map(({ cursor }) => ({ cursor, standing: 'stored' })) }));
  }
};

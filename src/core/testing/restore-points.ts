/**
 * The relay is put back from a backup again and again, and each time Ana's process dies at the next point on its way to
 * being known there again. Opened again from what that left, she has to arrive all the same: what was at the relay when
 * it was lost, and what she writes meanwhile, is on the other side once.
 */
import { DAY_MS } from '../../domain/limits.ts';
import { findMisread, isAtRest } from './at-rest.ts';
import { allArrived, isOnline, meet, say } from './meet.ts';
import { createMortality, revived, sweepPoints, type MortalWorld, type PointsResult } from './mortality.ts';
import { createRestorableRelay } from './restorable-relay.ts';
import { createTestClient, until } from './test-client.ts';

const RUNS_PAST_THE_END = 2;
const PATIENCE_MS = 60_000;

export type RestorePointsOptions = {
  /** 1: each point; n: each n-th. */
  readonly every: number;
  /** A fault that has to be seen: a death takes the last thing that was called stored with it. */
  readonly planted?: 'lost-commit';
  readonly patienceMs?: number;
};

export const sweepRestorePoints = async (options: RestorePointsOptions): Promise<PointsResult> =>
  sweepPoints(() => createWorld(options), { every: options.every, runsPastTheEnd: RUNS_PAST_THE_END });

const createWorld = async ({ planted, patienceMs = PATIENCE_MS }: RestorePointsOptions): Promise<MortalWorld> => {
  const relay = createRestorableRelay();
  const mortality = createMortality(relay.port, planted === 'lost-commit');
  const ana = await createTestClient({
    relay: mortality.relay,
    onFileChange: mortality.onFileChange,
    name: 'Ana',
    clock: relay.nowMs,
  });
  const bruno = await createTestClient({ relay: relay.port, name: 'Bruno', clock: relay.nowMs });
  mortality.strike(ana);
  await Promise.all([isOnline(ana), isOnline(bruno)]);
  const conversationId = await meet(ana, bruno);
  const expected = ['hello'];
  let foundBefore: number | undefined;

  const isBackAgain = async (): Promise<boolean> => {
    const found = (await ana.api.me()).olderCopy;
    return found?.cause === 'relay-restored' && found.isBack && found.foundAtMs !== foundBefore;
  };

  return {
    async run(point) {
      await Promise.all([ana.turn(), bruno.turn()]);
      const backup = relay.backUp();
      await say(ana, conversationId, `lost ${point}`);
      await allArrived(ana, conversationId, PATIENCE_MS);
      // Nobody has fetched this one when the relay is lost.
      bruno.goOffline();
      await say(ana, conversationId, `unread ${point}`);
      await ana.turn();
      expected.push(`lost ${point}`, `unread ${point}`);
      ana.goOffline();
      await relay.restore(backup);
      // A store comes back once a day.
      relay.moveClock(DAY_MS + 1);
      foundBefore = (await ana.api.me()).olderCopy?.foundAtMs;

      mortality.dieAt(point);
      ana.goOnline();
      bruno.goOnline();
      const text = `Ana ${point}`;
      do await revived(ana);
      while (ana.isDead());
      await say(ana, conversationId, text);
      const isWritten =
        !ana.isDead() || (await revived(ana).then((client) => client.texts(conversationId))).includes(text);
      if (isWritten) expected.push(text);
      const rest = async (): Promise<boolean> =>
        (await isAtRest(ana, conversationId)) && (await isBackAgain()) && (await isAtRest(bruno, conversationId));
      await until('rest', rest, patienceMs).catch(() => undefined);
      const wasReached = mortality.endWaiting();
      await revived(ana);
      return { wasReached, wrong: await findWrong() };
    },
    async close() {
      await Promise.all([ana.close(), bruno.close()]);
      await relay.close();
    },
  };

  async function findWrong(): Promise<string | undefined> {
    for (const client of [ana, bruno]) {
      const wrong = await findMisread(client, conversationId, expected);
      if (wrong !== undefined) return wrong;
    }
    return (await isBackAgain()) ? undefined : 'Ana is not back';
  }
};

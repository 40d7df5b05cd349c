/**
 * Ana's disk is put back again and again, and each time her process dies at the next point on its way to being a new
 * device. Opened again from what that left, she has to arrive all the same, once, with her history and what she wrote
 * meanwhile.
 */
import { createTestRelay } from '../../../relay/testing/in-process-relay.ts';
import { DAY_MS } from '../../domain/limits.ts';
import { findMisread, isAtRest } from './at-rest.ts';
import { allArrived, isOnline, meet, say } from './meet.ts';
import { createMortality, revived, sweepPoints, type MortalWorld, type PointsResult } from './mortality.ts';
import { createRelayInProcess } from './relay-in-process.ts';
import { createTestClient, until } from './test-client.ts';

export type BurnPointsOptions = {
  /** 1: each point; n: each n-th. */
  readonly every: number;
  /** A fault that has to be seen: a death takes the last thing that was called stored with it. */
  readonly planted?: 'lost-commit';
  readonly patienceMs?: number;
};

const RUNS_PAST_THE_END = 2;
const PATIENCE_MS = 60_000;

export const sweepBurnPoints = async (options: BurnPointsOptions): Promise<PointsResult> =>
  sweepPoints(() => createWorld(options), { every: options.every, runsPastTheEnd: RUNS_PAST_THE_END });

const createWorld = async ({ planted, patienceMs = PATIENCE_MS }: BurnPointsOptions): Promise<MortalWorld> => {
  const relay = createTestRelay();
  const port = createRelayInProcess(relay);
  const mortality = createMortality(port, planted === 'lost-commit');

  let ana = await createTestClient({ relay: mortality.relay, name: 'Ana', clock: relay.nowMs });
  const bruno = await createTestClient({ relay: port, name: 'Bruno', clock: relay.nowMs });
  await Promise.all([isOnline(ana), isOnline(bruno)]);
  const conversationId = await meet(ana, bruno);
  const expected = { ana: ['hello'], bruno: ['hello'] };

  return {
    async run(point) {
      await ana.turn();
      const earlier = ana.vaults.copy(mortality.onFileChange);
      await say(ana, conversationId, `lost ${point}`);
      expected.bruno.push(`lost ${point}`);
      await allArrived(ana, conversationId, PATIENCE_MS);
      await ana.close();
      // A store comes back once a day.
      relay.moveClock(DAY_MS + 1);

      ana = await createTestClient({ relay: mortality.relay, name: 'Ana', clock: relay.nowMs, vaults: earlier });
      mortality.strike(ana);
      await ana.reopen();
      mortality.dieAt(point);
      const text = `Ana ${point}`;
      await say(ana, conversationId, text);
      const isWritten =
        !ana.isDead() || (await revived(ana).then((client) => client.texts(conversationId))).includes(text);
      for (const who of isWritten ? [expected.ana, expected.bruno] : []) who.push(text);
      const rest = (): Promise<boolean> => isAtRest(ana, conversationId);
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
    for (const [client, wanted] of [
      [ana, expected.ana],
      [bruno, expected.bruno],
    ] as const) {
      const wrong = await findMisread(client, conversationId, wanted);
      if (wrong !== undefined) return wrong;
    }
    return (await ana.api.me()).olderCopy?.isBack === true ? undefined : 'Ana is not back';
  }
};

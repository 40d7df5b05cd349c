/**
 * What the protocol promises against a hostile relay and against people who were removed (docs/protocol/envelope.md,
 * docs/protocol/groups.md): nothing altered opens, nobody reads who should not, and nothing passes for what it is not.
 */
import { believeRow, sweepRows } from '../src/account/testing/row-sweep.ts';
import { sweepConfusedTypes, verifyAnyLabel } from '../src/mls/testing/confused-types.ts';
import {
  createCarelessEngine,
  doesLibraryForgetEpochs,
  doesPathlessRemovalLockOut,
  isStrangerKeptOut,
} from '../src/mls/testing/controls.ts';
import { FORGERY_KINDS, sweepForgeries } from '../src/mls/testing/forgery-sweep.ts';
import { walkGroup } from '../src/mls/testing/group-walk.ts';
import type { SweepResult } from '../src/mls/testing/sweep-result.ts';
import { sweepTampers } from '../src/mls/testing/tamper-sweep.ts';
import { createTestMembers } from '../src/mls/testing/test-group.ts';
import { controlLine, type AssureLine, type AssureSuite } from './contract.ts';

const TAMPERS = 10_000;
const TAMPERS_PER_SCENE = 2_500;
const WALKS = 50;
const STEPS = 50;
const FORGERY_ROUNDS = 25;
const ROWS = 1_000;
const CONTROL_TAMPERS = 300;
const CONTROL_ROWS = 20;
const PEOPLE = ['anna', 'bert', 'cleo', 'dora', 'erik', 'fina'];

const line = (name: string, asked: number, { tried, bad, example }: SweepResult): AssureLine => ({
  name,
  asked,
  tried,
  bad,
  ...(example === undefined ? {} : { example }),
});

const add = (total: SweepResult, one: SweepResult): SweepResult => ({
  tried: total.tried + one.tried,
  bad: total.bad + one.bad,
  example: total.example ?? one.example,
});

const nothing: SweepResult = { tried: 0, bad: 0, example: undefined };

const suite: AssureSuite = async function* (context) {
  const tampers = context.asked(TAMPERS);
  let tampered = nothing;
  for (let scene = 0; tampered.tried < tampers; scene += 1) {
    const count = Math.min(TAMPERS_PER_SCENE, tampers - tampered.tried);
    tampered = add(tampered, await sweepTampers(context.seed + scene, count));
  }
  yield line('an envelope altered on its way is refused, and the client goes on', tampers, tampered);

  const walks = context.asked(WALKS);
  const people = await createTestMembers(...PEOPLE);
  let walked = nothing;
  for (let walk = 0; walk < walks; walk += 1) {
    walked = add(walked, await walkGroup(people, context.seed * 1_000 + walk, STEPS));
  }
  yield line('who was removed, or has not joined yet, reads nothing', walks * STEPS, walked);

  const rounds = context.asked(FORGERY_ROUNDS);
  const forged = await sweepForgeries(context.seed, rounds);
  yield line('a member whose client was changed fools nobody', rounds * FORGERY_KINDS, forged);
  const rowsAsked = context.asked(ROWS);
  yield line(
    'an order that the relay did not sign is not believed',
    rowsAsked,
    await sweepRows(context.seed, rowsAsked),
  );

  const confused = await sweepConfusedTypes();
  yield line('nothing signed or sealed passes for something else', confused.tried, confused);
  const strangers = { tried: 1, bad: (await isStrangerKeptOut(false)) ? 0 : 1, example: undefined };
  yield line('a stranger whom no account vouches for is kept out', 1, strangers);

  const careless = await sweepTampers(context.seed, CONTROL_TAMPERS, createCarelessEngine);
  yield controlLine('a header that is not compared', { tried: careless.tried, turnedRed: careless.bad > 0 });
  const fooled = await sweepForgeries(context.seed, 1, createCarelessEngine);
  yield controlLine('a header that is not compared, before a hostile member', {
    tried: fooled.tried,
    turnedRed: fooled.bad > 0,
  });
  const believed = await sweepRows(context.seed, CONTROL_ROWS, believeRow);
  yield controlLine('rows that are believed whoever signed them', {
    tried: believed.tried,
    turnedRed: believed.bad > 0,
  });
  const unlabelled = await sweepConfusedTypes(verifyAnyLabel);
  yield controlLine('signatures without labels', { tried: unlabelled.tried, turnedRed: unlabelled.bad > 0 });
  const isOpenDoorSeen = !(await isStrangerKeptOut(true));
  yield controlLine('a directory that vouches for everybody', { tried: 1, turnedRed: isOpenDoorSeen });
  const isPathNeeded = !(await doesPathlessRemovalLockOut());
  yield controlLine('a removal without a path', { tried: 1, turnedRed: isPathNeeded });
  const isPastKept = !(await doesLibraryForgetEpochs());
  yield controlLine('the past epoch that the library keeps when told to keep none', {
    tried: 1,
    turnedRed: isPastKept,
  });
};

export default suite;

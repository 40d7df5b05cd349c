/**
 * What the encrypted database promises (docs/protocol/database-file.md): a crash anywhere loses nothing that was
 * acknowledged and leaves no half transaction; a failing disk does neither; altered bytes are never believed. A whole
 * store that was put back is found at the next sync (docs/protocol/sync.md, "Checkpoint").
 */
import { sweepRollbacks } from '../src/core/testing/rollback-sweep.ts';
import { recordRun, sweepCrashes, type RecordedRun } from '../src/storage/testing/crash-sweep.ts';
import { sweepFaults } from '../src/storage/testing/fault-sweep.ts';
import { recordMigration, sweepMigration } from '../src/storage/testing/migration-sweep.ts';
import { sweepTampers } from '../src/storage/testing/tamper-sweep.ts';
import type { SweepResult } from '../src/storage/testing/sweep-result.ts';
import type { Workload } from '../src/storage/testing/workload.ts';
import { controlLine, type AssureContext, type AssureLine, type AssureSuite } from './contract.ts';

const CRASHES = 5_000;
const FAULTS = 1_000;
const MIGRATION_CRASHES = 300;
const TAMPERS = 1_000;
const CONTROL_CASES = 100;
const ROLLBACKS = 200;

const workloads = [
  { name: 'sending', act: (workload: Workload) => workload.send() },
  { name: 'receiving', act: (workload: Workload, index: number) => workload.receive(1 + (index % 5)) },
] as const;

type Act = (typeof workloads)[number]['act'];

const record = (act: Act, seed: number, synchronous: 'FULL' | 'OFF' = 'FULL'): Promise<RecordedRun> =>
  recordRun({ seed, transactions: 60, act, database: { synchronous } });

/** Runs of other seeds until enough cases were tried. */
const sweepUntil = async (
  context: AssureContext,
  asked: number,
  sweepOnce: (seed: number, left: number) => Promise<SweepResult>,
): Promise<SweepResult> => {
  let total: SweepResult = { tried: 0, bad: 0, example: undefined };
  for (let round = 0; total.tried < asked; round += 1) {
    const { tried, bad, example } = await sweepOnce(context.seed + round, asked - total.tried);
    total = { tried: total.tried + tried, bad: total.bad + bad, example: total.example ?? example };
  }
  return total;
};

const line = (name: string, asked: number, { tried, bad, example }: SweepResult): AssureLine => ({
  name,
  asked,
  tried,
  bad,
  ...(example === undefined ? {} : { example }),
});

const suite: AssureSuite = async function* (context) {
  for (const { name, act } of workloads) {
    const asked = context.asked(CRASHES / workloads.length);
    const result = await sweepUntil(context, asked, async (seed, left) =>
      sweepCrashes(await record(act, seed), seed, left),
    );
    yield line(`a crash at any file operation while ${name} loses nothing acknowledged`, asked, result);
  }

  const migrations = context.asked(MIGRATION_CRASHES);
  yield line(
    'a crash in the migration of an earlier schema leaves the old one or the new one',
    migrations,
    await sweepUntil(context, migrations, async (seed, left) =>
      sweepMigration(await recordMigration(seed), seed, left),
    ),
  );

  const faults = context.asked(FAULTS);
  yield line(
    'a full or failing disk at any file operation loses nothing acknowledged',
    faults,
    await sweepUntil(context, faults, sweepFaults),
  );

  const tampers = context.asked(TAMPERS);
  yield line('altered bytes are refused', tampers, await sweepUntil(context, tampers, sweepTampers));

  const [{ act }] = workloads;
  const unsynchronised = await sweepCrashes(await record(act, context.seed, 'OFF'), context.seed, CONTROL_CASES);
  yield controlLine('without synchronous commits, a crash loses', {
    tried: unsynchronised.tried,
    turnedRed: unsynchronised.bad > 0,
  });

  const honest = await record(act, context.seed);
  const lying = { ...honest, operations: honest.operations.filter(({ kind }) => kind !== 'flush') };
  const lied = await sweepCrashes({ ...lying, acknowledgedAt: withoutFlushes(honest) }, context.seed, CONTROL_CASES);
  yield controlLine('on a disk that lies about flushing, a crash loses', {
    tried: lied.tried,
    turnedRed: lied.bad > 0,
  });

  const rollbacks = context.asked(ROLLBACKS);
  const { found, spared } = await sweepRollbacks({ seed: context.seed, rollbacks });
  yield line('a whole store put back, or cloned, is found at the next sync, before anything leaves', rollbacks, found);
  yield line('a store as a crash leaves it is not called an old one', context.asked(ROLLBACKS / 10), spared);
  const blind = await sweepRollbacks({ seed: context.seed, rollbacks: CONTROL_CASES, isBlind: true });
  yield controlLine('with a checkpoint that fits every store, an old one goes on', {
    tried: blind.found.tried,
    turnedRed: blind.found.bad > 0,
  });

  const unsealed = await sweepTampers(context.seed, CONTROL_CASES, { isSealed: false });
  yield controlLine('with a cipher that accepts everything, altered bytes are believed', {
    tried: unsealed.tried,
    turnedRed: unsealed.bad > 0,
  });
};

/** Where each transaction was acknowledged, counted in operations other than flushes. */
const withoutFlushes = ({ operations, acknowledgedAt }: RecordedRun): readonly number[] =>
  acknowledgedAt.map((at) => operations.slice(0, at).filter(({ kind }) => kind !== 'flush').length);

export default suite;

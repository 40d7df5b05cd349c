/**
 * `npm run test:full [-- --rounds N] [--only NAME ...] [--fresh]`: everything at full scale, for as long as it takes. Each
 * part is a shard whose result is kept in .cache/test-full.json, so an interrupted run goes on where it stopped;
 * `--rounds` repeats the assurance areas with other seeds, `--only` takes the shards whose names begin so. Writes
 * bench/results/*.json and the table of docs/ASSURANCE.md.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import type { AssureArea } from '../../assure/contract.ts';
import type { BenchLine } from '../../bench/contract.ts';
import { assureFolder, benchFolder, listAreas, loadArea } from '../lib/areas.ts';
import { parseLines, partsOf } from '../lib/assurance.ts';
import { endChildrenWithMe, runNode } from '../lib/child.ts';
import {
  describeRun,
  dirtyMark,
  replaceTable,
  resumeRun,
  withShard,
  type BenchRecord,
  type FullRun,
} from '../lib/full-run.ts';
import { gates, minute, vitestGate, type Gate } from '../lib/gates.ts';
import { inRoot, root } from '../lib/paths.ts';
import { runGates } from '../lib/run-gates.ts';
import { formatTally, oneFailed, onePassed, sum } from '../lib/tally.ts';
import { assureGate, buildGate, journeyGate, screensGate } from '../lib/test-gates.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '1' },
    only: { type: 'string', multiple: true, default: [] },
    fresh: { type: 'boolean', default: false },
  },
});
const shardLimitMs = 6 * 60 * minute;
const stateFile = inRoot('.cache/test-full.json');
const pageFile = inRoot('docs/ASSURANCE.md');
const commit = describeCommit();
const today = new Date().toISOString().slice(0, 10);

endChildrenWithMe();
mkdirSync(inRoot('.cache'), { recursive: true });
let run = resumeRun(values.fresh ? undefined : readState(), commit, today);
const chosen = (await shards()).filter(
  ({ name }) => values.only.length === 0 || values.only.some((part) => name.startsWith(part)),
);
if (chosen.length === 0) throw new Error(`no shard is called like that: ${values.only.join(', ')}`);
for (const gate of chosen) {
  if (run.done[gate.name]?.tally.failed === 0) {
    console.log(`= ${gate.name}: done before`);
    continue;
  }
  const startedMs = performance.now();
  const tally = sum(await runGates([{ ...gate, limitMs: shardLimitMs }]));
  run = withShard(run, gate.name, { tally, durationMs: performance.now() - startedMs });
  writeFileSync(stateFile, JSON.stringify(run, undefined, 2));
}
const page = existsSync(pageFile) ? readFileSync(pageFile, 'utf8') : '# Assurance\n';
writeFileSync(pageFile, replaceTable(page, describeRun(run)));
const total = sum(Object.values(run.done).map(({ tally }) => tally));
console.log(formatTally(total));
process.exitCode = total.failed === 0 ? 0 : 1;

async function shards(): Promise<Gate[]> {
  const seeds = Array.from({ length: Number(values.rounds) }, (_, round) => round + 1);
  const areas = listAreas(assureFolder).map(async (area) =>
    partsOf(await loadArea<AssureArea>(assureFolder, area)).flatMap(([part]) =>
      seeds.map((seed) => {
        const gate = assureGate(area, { scale: 1, seed, limitMs: shardLimitMs, part });
        return { ...gate, name: `${gate.name}, seed ${seed}` };
      }),
    ),
  );
  const assurance = (await Promise.all(areas)).flat();
  return [
    buildGate,
    ...gates,
    ...(['chromium', 'firefox'] as const).flatMap((browser) => [
      vitestGate(browser),
      journeyGate(browser),
      screensGate(browser),
    ]),
    ...assurance,
    ...listAreas(benchFolder).map(benchGate),
  ];
}

/** A bound that is missed is a failure; the numbers are kept either way. */
function benchGate(area: string): Gate {
  return {
    name: `bench ${area}`,
    limitMs: shardLimitMs,
    async run(limitMs) {
      const result = await runNode(['scripts/tasks/bench.ts', area, '--json'], { limitMs });
      const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}`;
      const record: BenchRecord = { commit, date: today, machine, lines: parseLines<BenchLine>(result.stdout) };
      mkdirSync(inRoot('bench/results'), { recursive: true });
      writeFileSync(inRoot(`bench/results/${area}.json`), `${JSON.stringify(record, undefined, 2)}\n`);
      return { tally: result.code === 0 ? onePassed : oneFailed, details: result.transcript };
    },
  };
}

/** A tree with changes of its own is nobody's commit, and says so; what this run writes is not such a change. */
function describeCommit(): string {
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
  const changes = git('status', '--porcelain', '--', '.', ':!bench/results', ':!docs/ASSURANCE.md');
  return `${git('rev-parse', '--short=12', 'HEAD')}${changes === '' ? '' : dirtyMark}`;
}

function readState(): FullRun | undefined {
  return existsSync(stateFile) ? (JSON.parse(readFileSync(stateFile, 'utf8')) as FullRun) : undefined;
}

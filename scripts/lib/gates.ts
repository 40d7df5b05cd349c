import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { runNode, type ChildResult } from './child.ts';
import { inRoot, tools } from './paths.ts';
import { readTally, tallyVitest } from './reports.ts';
import { oneFailed, onePassed, oneSkipped, withExitCode, type Tally } from './tally.ts';

/** One thing that must hold before code is shared. */
export interface Gate {
  readonly name: string;
  /** The longest that it may take, on a slow machine. */
  readonly limitMs: number;
  /** It uses every core, or is about times that another gate would spoil. */
  readonly isAlone?: true;
  run(limitMs: number): Promise<GateResult>;
}

export interface GateResult {
  readonly tally: Tally;
  /** What to read when it failed, or why it was skipped. */
  readonly details: string;
}

export const minute = 60_000;

/** `npm run verify`, in the order in which a mistake is cheapest to see. */
export const gates: readonly Gate[] = [
  toolGate('types', [tools.vueTsc, '-b'], 4 * minute),
  toolGate(
    'lint',
    [tools.eslint, '--max-warnings', '0', '--cache', '--cache-location', '.cache/eslint', '.'],
    4 * minute,
  ),
  toolGate('format', [
    tools.prettier,
    '--check',
    '--log-level',
    'warn',
    '--cache',
    '--cache-location',
    '.cache/prettier',
    '.',
  ]),
  toolGate('doors between rooms', [tools.depcruise, '--config', '.dependency-cruiser.mjs', 'src', 'relay']),
  toolGate('unused code', [tools.knip, '--no-progress', '--no-config-hints']),
  toolGate('licences', ['scripts/checks/licences.ts']),
  vitestGate('node'),
  {
    name: 'size',
    limitMs: minute,
    run: async (limitMs) => sizeResult(await runNode(['scripts/checks/size.ts'], { limitMs })),
  },
];

/** The unit tests that run in a project of vitest.config.ts; its own report is counted. */
export function vitestGate(project: 'node' | 'chromium' | 'firefox'): Gate {
  const report = inRoot(`.cache/reports/${project}.json`);
  const args = ['run', '--project', project, '--passWithNoTests', '--reporter=default', '--reporter=json'];
  return {
    name: `unit tests (${project})`,
    limitMs: 6 * minute,
    // A browser's take one core each.
    ...(project === 'node' && { isAlone: true }),
    async run(limitMs) {
      mkdirSync(path.dirname(report), { recursive: true });
      rmSync(report, { force: true });
      const result = await runNode([tools.vitest, ...args, `--outputFile.json=${report}`], { limitMs });
      return { tally: withExitCode(readTally(report, tallyVitest), result.code), details: result.transcript };
    },
  };
}

/** A tool whose exit code is the answer. */
export function toolGate(name: string, args: readonly string[], limitMs = 2 * minute): Gate {
  return {
    name,
    limitMs,
    async run(limit) {
      const result = await runNode(args, { limitMs: limit });
      return { tally: result.code === 0 ? onePassed : oneFailed, details: result.transcript };
    },
  };
}

/** Exit code 3 of scripts/checks/size.ts: there is no build to weigh. */
function sizeResult(result: ChildResult): GateResult {
  const tally = result.code === 0 ? onePassed : result.code === 3 ? oneSkipped : oneFailed;
  return { tally, details: result.transcript };
}

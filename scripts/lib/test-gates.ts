import { mkdirSync, rmSync } from 'node:fs';
import type { BrowserName } from '../../e2e/support/browsers.ts';
import type { AssureLine } from '../../assure/contract.ts';
import { describeLine, isKept, parseLines, tallyAssurance } from './assurance.ts';
import { runNode } from './child.ts';
import { minute, toolGate, type Gate } from './gates.ts';
import { inRoot, tools } from './paths.ts';
import { readTally, tallyPlaywright } from './reports.ts';
import { oneFailed, oneSkipped, withExitCode } from './tally.ts';

/** What `npm test` adds to `npm run verify`: everything that needs a build, a browser or patience. */
export const buildGate: Gate = {
  ...toolGate('build', [tools.vite, 'build', '--logLevel', 'warn'], 3 * minute),
  isAlone: true,
};

/**
 * The Playwright journeys of one browser. They wait much (for a relay to come back, for a browser to end), so another
 * gate runs beside them; how long anything takes is measured in `bench/`, never here.
 * @param options.isShort without those tagged `@full`, which are long and have a shorter trial elsewhere
 */
export function journeyGate(browser: BrowserName, { isShort = false } = {}): Gate {
  const limitMs = (browser === 'chromium' ? 16 : 10) * minute;
  return playwrightGate(`journeys (${browser})`, browser, limitMs, isShort ? ['--grep-invert', '@full'] : []);
}

/** One screen each, without a relay: no time depends on what runs beside it. */
export function screensGate(browser: BrowserName): Gate {
  return playwrightGate(`screens (${browser})`, `${browser}-screens`, 8 * minute);
}

function playwrightGate(name: string, project: string, limitMs: number, more: readonly string[] = []): Gate {
  const report = inRoot(`.cache/reports/journeys-${project}.json`);
  const output = inRoot('test-results', project);
  const args = [
    'test',
    '--project',
    project,
    '--output',
    output,
    '--pass-with-no-tests',
    '--reporter=list,json',
    ...more,
  ];
  return {
    name,
    limitMs,
    async run(limitMs) {
      mkdirSync(inRoot('.cache/reports'), { recursive: true });
      rmSync(report, { force: true });
      const env = { PLAYWRIGHT_JSON_OUTPUT_FILE: report };
      const result = await runNode([tools.playwright, ...args], { limitMs, env });
      return { tally: withExitCode(readTally(report, tallyPlaywright), result.code), details: result.transcript };
    },
  };
}

/** The promises of one area, at a scale. */
export function assureGate(
  area: string,
  options: { scale: number; seed: number; limitMs: number; part?: string | undefined },
): Gate {
  const { scale, seed, part } = options;
  return {
    name: ['assure', area, part].filter((word) => word !== undefined).join(' '),
    limitMs: options.limitMs,
    async run(limitMs) {
      const args = ['scripts/tasks/assure.ts', area, '--scale', String(scale), '--seed', String(seed), '--json'];
      if (part !== undefined) args.push('--part', part);
      const result = await runNode(args, { limitMs });
      const lines = parseLines<AssureLine>(result.stdout);
      const broken = lines.filter((line) => !isKept(line)).map(describeLine);
      const details = [...broken, result.code === 0 ? '' : result.transcript].join('\n');
      return { tally: lines.length === 0 ? oneFailed : withExitCode(tallyAssurance(lines), result.code), details };
    },
  };
}

/** Stands for a gate that this machine cannot run, so that the last line does not pass over it in silence. */
export function skippedGate(name: string, reason: string): Gate {
  return { name, limitMs: minute, run: async () => ({ tally: oneSkipped, details: `skipped: ${reason}` }) };
}

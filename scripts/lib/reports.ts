import { readFileSync } from 'node:fs';
import { nothing, oneFailed, sum, type Tally } from './tally.ts';

/** The parts of the runners' JSON reports that count. */
interface VitestReport {
  readonly testResults: readonly {
    readonly status: 'passed' | 'failed' | 'skipped' | 'pending';
    readonly assertionResults: readonly {
      readonly status: 'passed' | 'failed' | 'skipped' | 'pending' | 'todo' | 'disabled';
    }[];
  }[];
}

interface PlaywrightReport {
  readonly stats: {
    readonly expected: number;
    readonly unexpected: number;
    readonly flaky: number;
    readonly skipped: number;
  };
  /** Errors outside any test: a file that does not compile, a web server that does not start. */
  readonly errors: readonly unknown[];
}

/** A file that failed before its first test (it does not compile, a hook threw) counts as one failure. */
export function tallyVitest(report: VitestReport): Tally {
  return sum(
    report.testResults.map((file) => {
      const tally = sum(file.assertionResults.map(({ status }) => tallyStatus(status)));
      return file.status === 'failed' && tally.failed === 0 ? sum([tally, oneFailed]) : tally;
    }),
  );
}

/** A test that passed on a second attempt is a failure here: nothing is retried until it works. */
export function tallyPlaywright(report: PlaywrightReport): Tally {
  const { expected, unexpected, flaky, skipped } = report.stats;
  return { passed: expected, failed: unexpected + flaky + report.errors.length, skipped };
}

/** The tally in a report file; `undefined` if the runner did not get as far as writing it. */
export function readTally<Report>(file: string, tally: (report: Report) => Tally): Tally | undefined {
  try {
    return tally(JSON.parse(readFileSync(file, 'utf8')) as Report);
  } catch {
    return undefined;
  }
}

function tallyStatus(status: VitestReport['testResults'][number]['assertionResults'][number]['status']): Tally {
  if (status === 'passed') return { ...nothing, passed: 1 };
  if (status === 'failed') return { ...nothing, failed: 1 };
  return { ...nothing, skipped: 1 };
}

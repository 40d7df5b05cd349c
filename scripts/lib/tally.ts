/** What a runner has to say in the end, whichever runner it was. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const nothing: Tally = { passed: 0, failed: 0, skipped: 0 };
export const onePassed: Tally = { ...nothing, passed: 1 };
export const oneFailed: Tally = { ...nothing, failed: 1 };
export const oneSkipped: Tally = { ...nothing, skipped: 1 };

export function sum(tallies: readonly Tally[]): Tally {
  return tallies.reduce(
    (total, one) => ({
      passed: total.passed + one.passed,
      failed: total.failed + one.failed,
      skipped: total.skipped + one.skipped,
    }),
    nothing,
  );
}

/** The line by which people and machines judge a run: `12 passed, 0 failed, 1 skipped`. */
export function formatTally(tally: Tally): string {
  const skipped = tally.skipped === 0 ? '' : `, ${tally.skipped} skipped`;
  return `${tally.passed} passed, ${tally.failed} failed${skipped}`;
}

/**
 * A runner that exits with an error although nothing it counted failed has lost something (an unhandled rejection, a
 * crash half-way): that is one failure. So is a runner that counted nothing at all, whatever its exit code.
 */
export function withExitCode(tally: Tally | undefined, code: number): Tally {
  if (tally === undefined) return oneFailed;
  return code !== 0 && tally.failed === 0 ? sum([tally, oneFailed]) : tally;
}

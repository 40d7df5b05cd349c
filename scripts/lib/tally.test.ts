import { describe, expect, test } from 'vitest';
import { tallyPlaywright, tallyVitest, readTally } from './reports.ts';
import { formatTally, nothing, oneFailed, sum, withExitCode } from './tally.ts';

describe('the line that ends a run', () => {
  test('names the skipped only if there are any', () => {
    expect(formatTally({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
    expect(formatTally({ passed: 3, failed: 1, skipped: 2 })).toBe('3 passed, 1 failed, 2 skipped');
  });

  test('adds up every runner', () => {
    expect(sum([{ passed: 1, failed: 2, skipped: 3 }, nothing, oneFailed])).toEqual({
      passed: 1,
      failed: 3,
      skipped: 3,
    });
  });
});

describe('a runner that crashed', () => {
  test('and counted nothing is one failure, whatever its exit code', () => {
    expect(withExitCode(undefined, 0)).toEqual(oneFailed);
    expect(withExitCode(undefined, 1)).toEqual(oneFailed);
  });

  test('after everything it counted had passed is one failure more', () => {
    expect(withExitCode({ passed: 5, failed: 0, skipped: 0 }, 1)).toEqual({ passed: 5, failed: 1, skipped: 0 });
  });

  test('is not counted twice when its failures explain its exit code', () => {
    expect(withExitCode({ passed: 5, failed: 2, skipped: 0 }, 1)).toEqual({ passed: 5, failed: 2, skipped: 0 });
  });

  test('before it wrote its report left no report', () => {
    expect(readTally('/nowhere/report.json', tallyVitest)).toBeUndefined();
  });
});

describe('reading a Vitest report', () => {
  test('counts tests, and takes every kind of not-run as skipped', () => {
    const assertionResults = (['passed', 'passed', 'failed', 'skipped', 'todo', 'pending'] as const).map((status) => ({
      status,
    }));
    const report = { testResults: [{ status: 'failed' as const, assertionResults }] };
    expect(tallyVitest(report)).toEqual({ passed: 2, failed: 1, skipped: 3 });
  });

  test('counts a file that failed before its first test as one failure', () => {
    expect(tallyVitest({ testResults: [{ status: 'failed', assertionResults: [] }] })).toEqual(oneFailed);
  });

  test('counts a file whose tests passed but whose hook threw as one failure more', () => {
    const report = { testResults: [{ status: 'failed' as const, assertionResults: [{ status: 'passed' as const }] }] };
    expect(tallyVitest(report)).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });
});

describe('reading a Playwright report', () => {
  test('takes a flaky test and an error outside any test for failures', () => {
    const report = { stats: { expected: 4, unexpected: 1, flaky: 1, skipped: 2 }, errors: [{}] };
    expect(tallyPlaywright(report)).toEqual({ passed: 4, failed: 3, skipped: 2 });
  });
});

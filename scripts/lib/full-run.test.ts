import { expect, test } from 'vitest';
import { describeRun, replaceTable, resumeRun, withShard } from './full-run.ts';
import { onePassed } from './tally.ts';

const run = withShard({ commit: 'abc', date: '2026-11-23', done: {} }, 'types', {
  tally: onePassed,
  durationMs: 1_400,
});

test('an interrupted run goes on, unless the commit is another', () => {
  expect(resumeRun(run, 'abc', '2026-11-24')).toBe(run);
  expect(resumeRun(run, 'def', '2026-11-24')).toEqual({ commit: 'def', date: '2026-11-24', done: {} });
  expect(resumeRun(undefined, 'abc', '2026-11-24').done).toEqual({});
});

test('a run over uncommitted changes is never resumed', () => {
  const dirty = { ...run, commit: 'abc-dirty' };
  expect(resumeRun(dirty, 'abc-dirty', '2026-11-24').done).toEqual({});
});

test('the table names commit, date and every shard', () => {
  expect(describeRun(run)).toContain('Commit `abc`, 2026-11-23.');
  expect(describeRun(run)).toContain('| types | 1 | 0 | 0 | 1 s |');
});

test('a new table replaces the old one and nothing else of the page', () => {
  const first = replaceTable('# Assurance\n\nWords before.\n', 'OLD');
  const second = replaceTable(`${first}\nWords after.\n`, 'NEW');
  expect(second).toContain('Words before.');
  expect(second).toContain('Words after.');
  expect(second).toContain('NEW');
  expect(second).not.toContain('OLD');
});

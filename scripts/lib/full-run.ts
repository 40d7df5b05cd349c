import type { BenchLine } from '../../bench/contract.ts';
import type { Tally } from './tally.ts';

/** What a full run remembers between invocations, so that it goes on where it was interrupted. */
export interface FullRun {
  readonly commit: string;
  readonly date: string;
  readonly done: Readonly<Record<string, ShardResult>>;
}

export interface ShardResult {
  readonly tally: Tally;
  readonly durationMs: number;
}

/** Ends the name of a tree with uncommitted changes: two trees of that name may differ. */
export const dirtyMark = '-dirty';

/** Results belong to one commit: a run of another one, or of none, starts anew. */
export function resumeRun(saved: FullRun | undefined, commit: string, date: string): FullRun {
  return saved?.commit === commit && !commit.endsWith(dirtyMark) ? saved : { commit, date, done: {} };
}

export function withShard(run: FullRun, name: string, result: ShardResult): FullRun {
  return { ...run, done: { ...run.done, [name]: result } };
}

const begin = '<!-- full run: written by `npm run test:full` -->';
const end = '<!-- end of full run -->';

/** Puts the run's table between its marks and leaves the rest of the page as its writer wrote it. */
export function replaceTable(page: string, table: string): string {
  const block = `${begin}\n\n${table}\n\n${end}`;
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from === -1 || to === -1) return `${page.trimEnd()}\n\n${block}\n`.trimStart();
  return page.slice(0, from) + block + page.slice(to + end.length);
}

export function describeRun(run: FullRun): string {
  const rows = Object.entries(run.done).map(
    ([name, { tally, durationMs }]) =>
      `| ${name} | ${tally.passed} | ${tally.failed} | ${tally.skipped} | ${Math.round(durationMs / 1000)} s |`,
  );
  return [
    `Commit \`${run.commit}\`, ${run.date}.`,
    '',
    '| what | passed | failed | skipped | time |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

/** One area's measurements as they are committed: numbers mean nothing without commit and machine. */
export interface BenchRecord {
  readonly commit: string;
  readonly date: string;
  readonly machine: string;
  readonly lines: readonly BenchLine[];
}

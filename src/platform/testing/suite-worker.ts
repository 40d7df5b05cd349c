/**
 * Runs vitest suites inside a dedicated worker, where sync access handles exist, and reports what became of each test.
 * vitest itself runs in the page; a worker script collects its suites with this and posts one report.
 */
import 'vitest';
import { startTests } from 'vitest/internal/browser';

export type SuiteReport = readonly { readonly name: string; readonly state: string; readonly error: string }[];

type Runner = Parameters<typeof startTests>[1];
type Task = Awaited<ReturnType<typeof startTests>>[number]['tasks'][number];

/** @param collect calls `describe` and `it` */
export const runSuites = async (collect: () => void): Promise<SuiteReport> => {
  const runner = {
    config: {
      root: '/',
      setupFiles: [],
      maxConcurrency: 1,
      passWithNoTests: false,
      testTimeout: 30_000,
      hookTimeout: 30_000,
      retry: 0,
      includeTaskLocation: false,
      sequence: { shuffle: false, concurrent: false, seed: 0, hooks: 'stack', setupFiles: 'list' },
      tags: [],
      tagsFilter: [],
      strictTags: false,
    },
    importFile: async () => collect(),
  } as unknown as Runner;
  const [file] = await startTests([{ filepath: '/suites', testLocations: undefined }], runner);
  return (file?.tasks ?? []).flatMap((task) => reportOf(task, ''));
};

const reportOf = (task: Task, prefix: string): SuiteReport => {
  const name = `${prefix}${task.name}`;
  if (task.type === 'suite') return task.tasks.flatMap((child) => reportOf(child, `${name} > `));
  const error = task.result?.errors?.map(({ message }) => message).join('; ') ?? '';
  return [{ name, state: task.result?.state ?? 'not run', error }];
};

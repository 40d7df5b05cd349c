import { expect, it } from 'vitest';
import type { SuiteReport } from './testing/suite-worker.ts';

it('keeps the contracts of file layers, vaults and leader lock in this browser', async () => {
  const worker = new Worker(new URL('./testing/platform-suites.worker.ts', import.meta.url), { type: 'module' });
  const report = await new Promise<SuiteReport>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<SuiteReport>) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
  });
  worker.terminate();
  expect(report.length).toBeGreaterThanOrEqual(49);
  expect(report.filter(({ state }) => state !== 'pass')).toEqual([]);
});

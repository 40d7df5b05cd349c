import { chromium, firefox, type BrowserContext, type Page } from '@playwright/test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBrowser, type BrowserName } from '../../e2e/support/browsers.ts';
import type { BenchPage } from './page/page.ts';
import type { WorkerApi } from './page/worker-api.ts';
import type { EngineName } from './engines/bench-engine.ts';

/** A browser with a profile on disk (in a private one, files would live in memory), and engines in its workers. */
export interface Lab extends AsyncDisposable {
  readonly context: BrowserContext;
  readonly page: Page;
  /** @param folder where the engine keeps its files, for those that let it be chosen */
  start(engine: EngineName, folder: string): Promise<LabWorker>;
}

export interface LabWorker {
  readonly engine: EngineName;
  call<Method extends keyof WorkerApi>(
    method: Method,
    ...parameters: Parameters<WorkerApi[Method]>
  ): Promise<Awaited<ReturnType<WorkerApi[Method]>>>;
  end(): Promise<void>;
}

/** `undefined` where this machine has no such browser. */
export const openLab = async (name: BrowserName, url: string): Promise<Lab | undefined> => {
  const launch = findBrowser(name);
  if (launch === undefined) return undefined;
  const profile = await mkdtemp(join(tmpdir(), `sotto-storage-bench-${name}-`));
  const context = await { chromium, firefox }[name].launchPersistentContext(profile, { ...launch, headless: true });
  const page = await context.newPage();
  page.setDefaultTimeout(0);
  await page.goto(url);
  let started = 0;

  return {
    context,
    page,
    async start(engine, folder) {
      started += 1;
      const worker = `${engine}-${started}`;
      await page.evaluate((id) => (globalThis as unknown as { bench: BenchPage }).bench.start(id), worker);
      const call = (method: keyof WorkerApi, ...parameters: readonly unknown[]): Promise<unknown> =>
        page.evaluate(
          ([id, name, values]) => (globalThis as unknown as { bench: BenchPage }).bench.call(id, name, values),
          [worker, method, parameters] as const,
        );
      await call('load', engine, folder);
      return {
        engine,
        call: call as LabWorker['call'],
        end: () => page.evaluate((id) => (globalThis as unknown as { bench: BenchPage }).bench.end(id), worker),
      };
    },
    async [Symbol.asyncDispose]() {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
};

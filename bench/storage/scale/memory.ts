import type { BenchLine } from '../../contract.ts';
import type { Lab, LabWorker } from '../lab.ts';
import { bound, line } from '../line.ts';
import { arrive, count, leave, visit, type Scene } from './scene.ts';
import { workerMemory } from './worker-memory.ts';

const MEBIBYTE = 2 ** 20;
const CACHE_FILLING_PAGES = 4_000;

interface Memory {
  /** SQLite's WebAssembly memory, which never shrinks. */
  readonly heap: number;
  /** JavaScript's, where the browser counts it. */
  readonly scripts: number | undefined;
}

/** An account that was opened and searched, one with a long history and one without any. */
export async function* measureMemory({ lab, browser }: Scene, messages: number): AsyncGenerator<BenchLine> {
  const empty = await arrive(lab, { engine: 'sotto', messages: 0 });
  await empty.call('create', '');
  const before = await searchAndWeigh(lab, empty);
  const full = await visit(lab, { engine: 'sotto', messages });
  // Until the page cache is as large as it may become.
  await full.call('readPages', messages, CACHE_FILLING_PAGES, false);
  const after = await searchAndWeigh(lab, full);

  const above = `${browser}: worker memory with ${count(messages)} messages, read and searched, above an empty database`;
  const heap = after.heap - before.heap;
  if (before.scripts !== undefined && after.scripts !== undefined) {
    const bytes = heap + after.scripts - before.scripts;
    yield line(`${above}, WebAssembly and JavaScript`, bytes / MEBIBYTE, { unit: 'MiB', must: bound(browser, 64) });
  }
  yield line(`${above}, SQLite's WebAssembly alone`, heap / MEBIBYTE, { unit: 'MiB' });
}

/** The browser's own count leaves out WebAssembly memory, so the two are added up. */
const searchAndWeigh = async (lab: Lab, worker: LabWorker): Promise<Memory> => {
  await worker.call('search');
  const memory = { heap: await worker.call('heapBytes'), scripts: await workerMemory(lab.page) };
  await leave(worker);
  return memory;
};

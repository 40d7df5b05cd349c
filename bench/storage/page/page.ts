/** The page between the bench and its workers: starts them, passes calls on, ends them. */
import { wrap, type Remote } from 'comlink';
import type { WorkerApi } from './worker-api.ts';

const workers = new Map<string, { readonly worker: Worker; readonly api: Remote<WorkerApi> }>();

export interface BenchPage {
  start(name: string): void;
  call(name: string, method: keyof WorkerApi, parameters: readonly unknown[]): Promise<unknown>;
  end(name: string): void;
}

const bench: BenchPage = {
  start(name) {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('error', (event) => console.error(event.message));
    workers.set(name, { worker, api: wrap<WorkerApi>(worker) });
  },
  call(name, method, parameters) {
    const started = workers.get(name);
    if (started === undefined) throw new Error(`no worker ${name}`);
    const call = started.api[method] as (...parameters: readonly unknown[]) => Promise<unknown>;
    return call(...parameters);
  },
  end(name) {
    workers.get(name)?.worker.terminate();
    workers.delete(name);
  },
};

Object.assign(globalThis, { bench });

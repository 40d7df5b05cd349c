import type { CoreApi } from '../rpc/core-api.ts';
import type { CoreDeps } from './deps.ts';

/** One core per worker. It holds at most one open account; `createAccount` and `unlock` open it. */
export interface Core {
  readonly api: CoreApi;
  /**
   * Ends sync, closes the database and gives the leader lock back. A hand-over waits for it; locking the app does not
   * need to, because what was stored is durable without it.
   */
  close(): Promise<void>;
}

/** The signature of `createCore` (create-core.ts): what a composition root calls. */
export type CreateCore = (deps: CoreDeps) => Core;

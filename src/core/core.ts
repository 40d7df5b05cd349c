import type { DerivationKey } from '../crypto/hkdf.ts';
import type { VaultId } from '../domain/ids.ts';
import type { Result } from '../domain/result.ts';
import type { CoreApi, UnlockError } from '../rpc/core-api.ts';
import type { CoreDeps } from './deps.ts';

/** One core per worker. It holds at most one open account; `createAccount` and `unlock` open it. */
export interface Core {
  readonly api: CoreApi;
  /** Loads and compiles what opening an account needs, for a core that may have to open one in a hurry. */
  prepare(): void;
  /** What `resume` takes in another worker. Undefined while no account is open. */
  resumeKey(): DerivationKey | undefined;
  /**
   * Opens an account that another core had open, without its password. The caller holds its lock, and no longer has to
   * give it back.
   */
  resume(input: {
    readonly vaultId: VaultId;
    readonly resumeKey: DerivationKey;
    readonly releaseLock: () => void;
  }): Promise<Result<void, UnlockError>>;
  /**
   * Ends sync, closes the database and gives the leader lock back. A hand-over waits for it; locking the app does not
   * need to, because what was stored is durable without it.
   */
  close(): Promise<void>;
}

/** The signature of `createCore` (create-core.ts): what a composition root calls. */
export type CreateCore = (deps: CoreDeps) => Core;

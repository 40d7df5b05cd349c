import type { CoreConnection } from '../rpc/core-connection.ts';

/** A core that this window talks to: its own worker, or another window's. */
export type RunningCore = {
  readonly connection: CoreConnection;
  /**
   * Ends what this window holds of it: terminates its own worker, or leaves another window's. Open calls reject.
   * Twice is harmless.
   */
  readonly end: () => void;
};

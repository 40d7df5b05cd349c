/**
 * Why a call to the core has no answer. It is thrown, because no method can promise an answer from a core that is gone;
 * every expected failure of a method itself is a value (core-api.ts).
 *
 * `timed-out`: nothing came in time, and the call may have been carried out or not. `ended`: the core was locked, ended
 * or crashed. `failed`: the core threw, which is a bug.
 */
export type CoreCallReason = 'timed-out' | 'ended' | 'failed';

export class CoreCallError extends Error {
  readonly reason: CoreCallReason;

  constructor(reason: CoreCallReason, method: string, options?: { readonly cause: unknown }) {
    super(`${method}: ${reason}`, options);
    this.name = 'CoreCallError';
    this.reason = reason;
  }
}

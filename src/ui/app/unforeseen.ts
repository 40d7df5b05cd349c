import { CoreCallError } from '../../rpc/core-call-error.ts';

/**
 * Whether a person has to be told that something failed. Not what was still asked when the account was locked: the unlock
 * screen stands there, and says why if nobody locked it.
 */
export const isUnforeseen = (rejection: unknown): boolean =>
  !(rejection instanceof CoreCallError && rejection.reason === 'ended');

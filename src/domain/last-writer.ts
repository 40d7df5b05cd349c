import { compareHybrid, type HybridTime } from './hybrid-time.ts';

/** A value that several devices may write; `writer` breaks ties, so that all of them end with the same one. */
export type Stamped<T> = { readonly value: T; readonly time: HybridTime; readonly writer: string };

/** The write that stands. Commutative, associative and idempotent: the order of arrival does not matter. */
export const laterOf = <T>(left: Stamped<T>, right: Stamped<T>): Stamped<T> => {
  const byTime = compareHybrid(left.time, right.time);
  if (byTime !== 0) return byTime > 0 ? left : right;
  return left.writer >= right.writer ? left : right;
};

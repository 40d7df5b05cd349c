import { median, quantile } from '../../statistics.ts';
import type { Searched } from '../page/worker-api.ts';

/** The whole mix, once in each round. */
export type SearchSamples = (readonly Searched[])[];

export interface SearchSummary {
  readonly warmP95: number;
  /** Of the first round, just after the database was opened. */
  readonly coldP95: number;
  /** Each query of the mix, warm. */
  readonly byName: ReadonlyMap<string, number>;
  readonly hits: number;
}

const TAIL = 0.95;

/** A query's time is the median of its rounds after the first; the tail is taken over the queries. */
export const summarise = ([first = [], ...later]: SearchSamples): SearchSummary => {
  const warm = first.map(({ name }, query): readonly [string, number] => [
    name,
    median(later.map((round) => round[query]?.ms ?? Number.NaN)),
  ]);
  return {
    warmP95: quantile(
      warm.map(([, ms]) => ms),
      TAIL,
    ),
    coldP95: quantile(
      first.map(({ ms }) => ms),
      TAIL,
    ),
    byName: new Map(warm),
    hits: first.reduce((total, { hits }) => total + hits, 0),
  };
};

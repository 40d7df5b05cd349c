import { median, quantile, type Rounds } from '../../statistics.ts';
import type { Searched } from '../page/worker-api.ts';

/** The whole mix, once in each round. */
export type SearchSamples = (readonly Searched[])[];

export interface SearchSummary {
  /** Over the queries, of each round after the first. */
  readonly warmP95: Rounds;
  /** Of the first round, just after the database was opened. */
  readonly coldP95: number;
  /** Each query of the mix, warm. */
  readonly byName: ReadonlyMap<string, number>;
  readonly hits: number;
}

const TAIL = 0.95;

const tailOf = (round: readonly Searched[]): number =>
  quantile(
    round.map(({ ms }) => ms),
    TAIL,
  );

/** A query's time is the median of its rounds after the first. */
export const summarise = ([first = [], ...later]: SearchSamples): SearchSummary => ({
  warmP95: later.map((round) => [tailOf(round)]),
  coldP95: tailOf(first),
  byName: new Map(first.map(({ name }, query) => [name, median(later.map((round) => round[query]?.ms ?? Number.NaN))])),
  hits: first.reduce((total, { hits }) => total + hits, 0),
});

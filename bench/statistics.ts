/** The value that `share` (0 to 1) of all values are not above: the nearest one that was measured. */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
  if (value === undefined) throw new Error('nothing was measured');
  return value;
};

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** What was done in turns: the samples of each round. */
export type Rounds = readonly (readonly number[])[];

export const medianOf = (rounds: Rounds): number => median(rounds.flat());

/**
 * How one compares with the other that took turns with it: the ratio of their medians within each round, and of all
 * rounds the median. Other work, or a clock that changes its speed, makes a machine slower for seconds; within a round
 * it meets both, while over all rounds together one may have had more of it.
 *
 * @throws RangeError where they did not take part in the same rounds
 */
export const ratioWithinRounds = (rounds: Rounds, baseline: Rounds): number => {
  if (rounds.length !== baseline.length) throw new RangeError('rounds without a counterpart');
  return median(rounds.map((samples, round) => median(samples) / median(baseline[round] ?? [])));
};

/** For people: a tenth of a millisecond is below what a page's clock tells. */
export const rounded = (value: number): number => Math.round(value * 10) / 10;

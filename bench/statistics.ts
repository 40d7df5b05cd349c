/** The value that `share` (0 to 1) of all values are not above: the nearest one that was measured. */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
  if (value === undefined) throw new Error('nothing was measured');
  return value;
};

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** For people: a tenth of a millisecond is below what a page's clock tells. */
export const rounded = (value: number): number => Math.round(value * 10) / 10;

import type { BenchLine } from '../contract.ts';
import { medianOf, ratioWithinRounds, type Rounds } from '../statistics.ts';

interface LineOptions {
  readonly unit: string;
  readonly baseline?: number;
  readonly must?: number | undefined;
  readonly better?: BenchLine['better'];
}

/** A line of this area. The ratio is of the exact values; what is shown is rounded. */
export const line = (
  name: string,
  value: number,
  { unit, baseline, must, better = 'lower' }: LineOptions,
): BenchLine => ({
  name: `storage: ${name}`,
  value: shown(value),
  unit,
  better,
  ...(baseline === undefined ? {} : { baseline: shown(baseline), ratio: value / baseline }),
  ...(must === undefined ? {} : { must }),
});

const shown = (value: number): number => Number(value.toPrecision(4));

/** Of two that took turns: what is shown are their medians, and the ratio is taken within the rounds. */
export const lineOfTurns = (
  name: string,
  rounds: Rounds,
  { baseline, ...options }: Omit<LineOptions, 'baseline'> & { readonly baseline: Rounds },
): BenchLine => ({
  ...line(name, medianOf(rounds), { ...options, baseline: medianOf(baseline) }),
  ratio: ratioWithinRounds(rounds, baseline),
});

/** The bounds are Chromium's; other browsers are reported. */
export const bound = (browser: string, must: number): number | undefined => (browser === 'chromium' ? must : undefined);

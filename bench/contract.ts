/**
 * What a file of this folder is: `bench/<area>.bench.ts` exports a `BenchSuite` by default, and
 * `npm run bench -- <area>` runs it. A number alone says little, so a line carries, where there is one, the peer or the
 * bare operation measured in the same run on the same machine, and the bound that the project has set itself.
 */
export interface BenchLine {
  /** What was measured: `storage: flushes per durable one-message commit`. */
  readonly name: string;
  readonly value: number;
  /** `ms`, `KB`, `messages/s`, `flushes` ... */
  readonly unit: string;
  /** The peer's or the bare operation's value, same unit, same run. */
  readonly baseline?: number;
  /**
   * `value / baseline`; of what was measured in rounds, the median of that within each of them. Given exactly when
   * `baseline` is.
   */
  readonly ratio?: number;
  /** The bound, on `ratio` if there is a baseline and on `value` otherwise. Absent: reported only. */
  readonly must?: number;
  readonly better: 'lower' | 'higher';
}

export interface BenchContext {
  /** 1 is the full run; smaller is a quick look whose numbers are not to be quoted. */
  readonly scale: number;
  /** The only one to measure in, of those in which the suite measures. */
  readonly browser?: string | undefined;
}

/** Yields a line as soon as it is known. A throw is a bug of the suite and fails the run. */
export type BenchSuite = (context: BenchContext) => AsyncIterable<BenchLine>;

/** Whether a line keeps its bound; a line without one does. */
export function keepsBound(line: BenchLine): boolean {
  if (line.must === undefined) return true;
  const measured = line.baseline === undefined ? line.value : (line.ratio ?? line.value / line.baseline);
  if (!Number.isFinite(measured)) return false;
  return line.better === 'lower' ? measured <= line.must : measured >= line.must;
}

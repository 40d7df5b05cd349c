/** How many cases a sweep tried, how many broke the promise, and the first of them with what repeats it. */
export interface SweepResult {
  readonly tried: number;
  readonly bad: number;
  readonly example: string | undefined;
}

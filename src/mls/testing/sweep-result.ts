/** What a sweep found: how many cases it tried, and in how many a promise did not hold. */
export interface SweepResult {
  readonly tried: number;
  readonly bad: number;
  readonly example: string | undefined;
}

/** Counts cases. A throw counts as bad: hostile bytes must never end a client. */
export const createTally = () => {
  let tried = 0;
  let bad = 0;
  let example: string | undefined;
  return {
    tried: () => tried,
    async expect(name: string, holds: () => Promise<boolean>): Promise<void> {
      tried += 1;
      let isGood = false;
      try {
        isGood = await holds();
      } catch (error) {
        example ??= `${name}: ${String(error)}`;
      }
      if (isGood) return;
      bad += 1;
      example ??= name;
    },
    result: (): SweepResult => ({ tried, bad, example }),
  };
};

/** mulberry32: the same choices for the same seed. */
export const createChooser = (seed: number) => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    below: (bound: number): number => Math.floor(next() * bound),
    of: <T>(items: readonly T[]): T => {
      const item = items[Math.floor(next() * items.length)];
      if (item === undefined) throw new RangeError('nothing to choose from');
      return item;
    },
  };
};
export type Chooser = ReturnType<typeof createChooser>;

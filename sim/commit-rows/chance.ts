/** All chance of a walk: the same seed gives the same walk. */
export interface Chance {
  /** From 0 to just below 1. */
  readonly next: () => number;
  readonly below: (limit: number) => number;
  /** @throws RangeError if there is nothing to pick from */
  readonly pick: <T>(choices: readonly T[]) => T;
  readonly happens: (probability: number) => boolean;
}

/** Mulberry32. */
export const createChance = (seed: number): Chance => {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    happens: (probability) => next() < probability,
    pick: (choices) => {
      if (choices.length === 0) throw new RangeError('nothing to pick from');
      return choices[below(choices.length)] as (typeof choices)[number];
    },
  };
};

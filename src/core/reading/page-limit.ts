/** A page asks for what it likes; it gets at least one row and at most `max`. */
export const boundedLimit = (asked: number, max: number): number => {
  if (!Number.isInteger(asked)) throw new RangeError('a limit is a whole number');
  return Math.min(Math.max(asked, 1), max);
};

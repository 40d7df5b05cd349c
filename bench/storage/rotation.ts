/** Everybody in turn, beginning with another one each round: whoever comes first or last is not always the same. */
export const rotated = <T>(items: readonly T[], round: number): readonly T[] => {
  const first = round % Math.max(1, items.length);
  return [...items.slice(first), ...items.slice(0, first)];
};

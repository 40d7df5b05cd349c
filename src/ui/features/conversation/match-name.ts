const folded = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();

/** Whether every word of `query` begins a word of `name`, or stands anywhere in it; accents and case do not count. */
export const matchesName = (name: string, query: string): boolean => {
  const where = folded(name);
  return folded(query)
    .split(/\s+/u)
    .every((word) => where.includes(word));
};

/** 60 digits that two people compare: one half from each account, the smaller half first, so both read the same. */
const GROUPS_PER_HALF = 6;
const BYTES_PER_GROUP = 5;
const DIGITS_PER_GROUP = 5;

/**
 * @param mine, theirs SHA-256 under the label `safety` of each account's id and chain head (docs/protocol/labels.md)
 * @throws RangeError if a hash is shorter than the 30 bytes that a half is made of
 */
export const safetyNumber = (mine: Uint8Array, theirs: Uint8Array): string => {
  const halves = [half(mine), half(theirs)].sort();
  return halves.join('');
};

/** In groups of five, as it is shown and read aloud. */
export const safetyNumberGroups = (digits: string): readonly string[] => digits.match(/.{5}/g) ?? [];

const half = (hash: Uint8Array): string => {
  if (hash.length < GROUPS_PER_HALF * BYTES_PER_GROUP) throw new RangeError('hash too short for a safety number');
  let digits = '';
  for (let group = 0; group < GROUPS_PER_HALF; group += 1) {
    const bytes = hash.subarray(group * BYTES_PER_GROUP, (group + 1) * BYTES_PER_GROUP);
    const number = bytes.reduce((sum, byte) => sum * 256 + byte, 0); // 40 bits: exact in a double
    digits += (number % 10 ** DIGITS_PER_GROUP).toString().padStart(DIGITS_PER_GROUP, '0');
  }
  return digits;
};

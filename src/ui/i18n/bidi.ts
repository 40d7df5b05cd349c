/**
 * Text that people write may hold signs that turn the reading direction (UAX #9). Inside what they wrote that is theirs;
 * nothing that stands beside it may be moved by it: not a time, not a button, not the sentence that a name stands in.
 */

/** U+202A LRE, U+202B RLE, U+202D LRO, U+202E RLO; ended by U+202C. */
const EMBEDDING = /[\u202a\u202b\u202d\u202e]/u;
/** U+2066 LRI, U+2067 RLI, U+2068 FSI; ended by U+2069. */
const ISOLATE = /[\u2066-\u2068]/u;
const POP_EMBEDDING = '\u202c';
const POP_ISOLATE = '\u2069';
const CONTROLS = /[\u202a-\u202e\u2066-\u2069]/gu;
const FIRST_STRONG_ISOLATE = '\u2068';

/** Anything that is read from right to left, or changes how something else is read. */
const TURNS =
  /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc]|[\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** A value as it may stand in a sentence: on its own, whatever it holds. Plain text of this direction stays as it is. */
export const isolated = (value: string): string =>
  TURNS.test(value) ? FIRST_STRONG_ISOLATE + value.replaceAll(CONTROLS, '') + POP_ISOLATE : value;

/**
 * The same text with every sign closed that it opens, line by line as the algorithm reads it, and without the ones that
 * would close what it did not open: an isolate that the page puts around it. For the screen only; what is stored, found
 * and copied stays as it was written.
 */
export const balanced = (text: string): string =>
  text.search(CONTROLS) < 0 ? text : text.split('\n').map(balancedLine).join('\n');

const balancedLine = (line: string): string => {
  const open: string[] = [];
  let kept = '';
  for (const sign of line) {
    if (EMBEDDING.test(sign)) open.push(POP_EMBEDDING);
    else if (ISOLATE.test(sign)) open.push(POP_ISOLATE);
    else if (sign === POP_EMBEDDING) {
      if (open.at(-1) !== POP_EMBEDDING) continue;
      open.pop();
    } else if (sign === POP_ISOLATE) {
      const from = open.lastIndexOf(POP_ISOLATE);
      if (from < 0) continue;
      open.length = from; // and whatever was opened within it
    }
    kept += sign;
  }
  return kept + open.reverse().join('');
};

/**
 * What counts as the same letter when words are looked for: capitals, marks above and below letters, widths and a few
 * spellings do not matter. Japanese sound marks and Indic vowel signs do: they are letters in all but name.
 *
 * Part of the stored format: the index holds folded words (docs/protocol/database-file.md, "Search").
 */
const ASCII = /^[\0-\x7f]*$/u;

/** Combining marks of alphabets that can be read without them, and the Arabic letter stretcher. */
const MARKS =
  /[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+/gu;

const SPELLED = /[ßæœøđðłıþς]/gu;
const SPELLINGS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  ı: 'i',
  þ: 'th',
  ς: 'σ',
};

/** Compatibility forms may fall apart into more than letters, as ½ does. */
const NO_LETTERS = /[^\p{L}\p{N}\p{M}\p{Co}]+/gu;

/** @param letters of a word; empty where nothing is left of it */
export const fold = (letters: string): string => {
  if (ASCII.test(letters)) return letters.toLowerCase();
  return letters
    .normalize('NFKD')
    .replace(MARKS, '')
    .toLowerCase()
    .replace(SPELLED, (letter) => SPELLINGS[letter] ?? letter)
    .normalize('NFC')
    .replace(NO_LETTERS, '');
};

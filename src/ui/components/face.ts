const HUES = 8;

/** One of eight hues, from the first byte of an id: the same person has the same colour everywhere. */
export const hueOf = (id: string): number => Number.parseInt(id.slice(0, 2), 16) % HUES || 0;

export const hueClass = (id: string): string => `hue-${hueOf(id)}`;

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const firstSign = (word: string): string => [...graphemes.segment(word)][0]?.segment ?? '';

/** Two letters: of the first and the last word, or one sign where a script or an emoji says enough. */
export const initialsOf = (name: string): string => {
  const words = name
    .replaceAll(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '')
    .trim()
    .split(/[\s@_]+/u)
    .filter((word) => /[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(word));
  const first = firstSign(words[0] ?? '');
  if (/[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Extended_Pictographic}]/u.test(first)) {
    return first;
  }
  const last = words.length > 1 ? firstSign(words.at(-1) ?? '') : '';
  // Arabic letters would join into a word that means nothing; a zero-width non-joiner keeps them apart.
  const between = /\p{Script=Arabic}/u.test(first) ? '\u200c' : '';
  return (first + between + last).toLocaleUpperCase() || '?';
};

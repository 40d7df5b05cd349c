/** Texts as people write them to each other: mostly short, a few frequent words, a long tail of rare ones. */
import type { Chance } from './crash-images.ts';
import { CODE, EMOJI, VOCABULARIES, type Language } from './history-words.ts';

/** Words of a language, as ranks by frequency. */
const VOCABULARY_WORDS = 30_000;
/** Han characters that rare Chinese and Japanese words are made of, from U+4E00 on. */
const HAN_CHARACTERS = 2_500;
const TEXT_CHARACTERS_MAX = 4_000;

/** Spreads neighbouring ranks over their alphabet, so that rare words do not all begin alike. */
const scatter = (rank: number, salt: number): number => {
  const mixed = Math.imul(rank + 1, 0x9e3779b1) ^ Math.imul(salt + 1, 0x85ebca6b);
  return (Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) ^ (mixed >>> 12)) >>> 0;
};

const rareHan = (rank: number): string =>
  String.fromCodePoint(0x4e00 + (scatter(rank, 0) % HAN_CHARACTERS), 0x4e00 + (scatter(rank, 1) % HAN_CHARACTERS));

/** The word of this rank, 0 the most frequent. The same in every history. */
export const wordOfRank = (language: Language, rank: number): string => {
  const { frequent, syllables, length } = VOCABULARIES[language];
  const known = frequent[rank];
  if (known !== undefined) return known;
  if (language === 'zh' || (language === 'ja' && rank % 2 === 0)) return rareHan(rank);
  const count = length.min + (scatter(rank, 9) % (length.max - length.min + 1));
  return Array.from({ length: count }, (_, at) => syllables[scatter(rank, at) % syllables.length] ?? '').join('');
};

export interface TextWriter {
  write(language: Language): string;
}

export const createTextWriter = (chance: Chance): TextWriter => {
  const made = new Map<Language, string[]>();
  const below = (end: number): number => Math.floor(chance() * end);
  const oneOf = (list: readonly string[]): string => list[below(list.length)] ?? '';

  /** Zipf: the word of rank r comes about 1/r as often as the first. */
  const word = (language: Language): string => {
    const rank = Math.floor(Math.exp(chance() * Math.log(VOCABULARY_WORDS + 1))) - 1;
    let list = made.get(language);
    if (list === undefined) made.set(language, (list = []));
    return (list[rank] ??= wordOfRank(language, rank));
  };

  /** Half of all messages have seven words or fewer, one in a hundred more than sixty. */
  const wordCount = (): number => {
    const normal = Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance());
    return Math.max(1, Math.round(Math.exp(1.95 + 0.95 * normal)));
  };

  const sentence = (language: Language): string => {
    const { space, stops } = VOCABULARIES[language];
    let text = '';
    for (let left = wordCount(); left > 0 && text.length < TEXT_CHARACTERS_MAX; left -= 1) {
      text += word(language);
      if (left === 1) break;
      text += chance() < 0.07 ? `${oneOf(stops)}${space}` : space;
    }
    return text + oneOf(stops);
  };

  const link = (): string =>
    `https://${word('en').toLowerCase()}.example/${word('en')}/${below(100_000)}?ref=${below(2 ** 30).toString(36)}`;

  return {
    write(language) {
      const kind = chance();
      if (kind < 0.03) return oneOf(EMOJI).repeat(1 + below(3));
      if (kind < 0.06) return `${sentence(language)} ${link()}`;
      if (kind < 0.07) return `\`${oneOf(CODE)}\``;
      if (kind < 0.18) return `${sentence(language)} ${oneOf(EMOJI)}`;
      return sentence(language);
    },
  };
};

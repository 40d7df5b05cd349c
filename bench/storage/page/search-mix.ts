import { wordOfRank } from '../../../src/storage/testing/history-text.ts';
import type { Language } from '../../../src/storage/testing/history-words.ts';

/** What people look for, by kind. */
export type SearchKind = 'frequent' | 'rare' | 'prefix-1' | 'prefix-2' | 'prefix-3' | 'two words' | 'cjk';

export interface SearchQuery {
  readonly kind: SearchKind;
  readonly text: string;
}

const LANGUAGES: readonly Language[] = ['en', 'de', 'es', 'fr'];
const CJK: readonly Language[] = ['zh', 'ja'];
const FREQUENT = [0, 3, 10, 40];
const MIDDLING = [150, 600];
const RARE = [5_000, 12_000, 20_000];

const wordsOf = (languages: readonly Language[], ranks: readonly number[]): string[] =>
  languages.flatMap((language) => ranks.map((rank) => wordOfRank(language, rank)));

/** By their characters, because that is what a person has typed so far. */
const beginningOf = (word: string, length: number): string => [...word].slice(0, length).join('');

const of = (kind: SearchKind, texts: readonly string[]): readonly SearchQuery[] =>
  texts.map((text) => ({ kind, text }));

/** The mix that every engine and size is asked, in this order. */
export const searchMix = (): readonly SearchQuery[] => {
  const words = wordsOf(LANGUAGES, [...FREQUENT, ...MIDDLING]);
  return [
    ...of('frequent', wordsOf(LANGUAGES, FREQUENT)),
    ...of('rare', wordsOf(LANGUAGES, RARE)),
    ...([1, 2, 3] as const).flatMap((length) =>
      of(`prefix-${length}`, [...new Set(words.map((word) => beginningOf(word, length)))]),
    ),
    ...of(
      'two words',
      LANGUAGES.flatMap((language) => [
        `${wordOfRank(language, 0)} ${wordOfRank(language, 5)}`,
        `${wordOfRank(language, 2)} ${wordOfRank(language, 300)}`,
        `${wordOfRank(language, 200)} ${wordOfRank(language, 400)}`,
      ]),
    ),
    ...of('cjk', wordsOf(CJK, [...FREQUENT, ...MIDDLING, ...RARE])),
  ];
};

import { fold } from './fold.ts';

/**
 * A run of letters is a word, except in scripts that are written without spaces, or glue endings to their words: there
 * every place in a run is where a word may begin.
 */
export interface WordPart {
  readonly letters: string;
  /** `unspaced`: Chinese, Japanese, Korean, Thai, Lao, Khmer, Burmese. */
  readonly kind: 'spaced' | 'unspaced';
}

const WORD = /[\p{L}\p{N}\p{M}\p{Co}]+/gu;
const UNSPACED = String.raw`[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Bopo}\p{sc=Hang}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}ー\u3099\u309a]`;
const HAS_UNSPACED = new RegExp(UNSPACED, 'u');
const PARTS = new RegExp(`(${UNSPACED}+)|(?:(?!${UNSPACED}).)+`, 'gsu');

/** Runs of letters, digits and marks, as they stand in the text. */
export const wordsOf = (text: string): IterableIterator<RegExpExecArray> => text.matchAll(WORD);

/** @param folded a folded word */
export const partsOf = (folded: string): readonly (WordPart & { readonly at: number })[] => {
  if (folded === '') return [];
  if (!HAS_UNSPACED.test(folded)) return [{ letters: folded, kind: 'spaced', at: 0 }];
  return Array.from(folded.matchAll(PARTS), ({ 0: letters, 1: unspaced, index }) => ({
    letters,
    kind: unspaced === undefined ? 'spaced' : 'unspaced',
    at: index,
  }));
};

/** A folded word that knows where its letters stood before. */
export interface MappedWord {
  readonly folded: string;
  /** For each place in `folded`, and for its end, the place in the word. */
  readonly places: readonly number[];
}

/** What folds together: a letter with its marks, a Korean syllable in pieces. */
const CLUSTER = /[\u1100-\u115f][\u1160-\u11a7]?[\u11a8-\u11ff]?|.[\p{M}\uff9e\uff9f]*/gsu;

export const mapWord = (word: string): MappedWord => {
  let folded = '';
  const places: number[] = [];
  for (const { 0: cluster, index } of word.matchAll(CLUSTER)) {
    const letters = fold(cluster);
    places.push(...new Array<number>(letters.length).fill(index));
    folded += letters;
  }
  places.push(word.length);
  return { folded, places };
};

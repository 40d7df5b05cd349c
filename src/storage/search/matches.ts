/** Where in a text stands what was searched for. Also the last word on whether it does: the index knows no order. */
import type { QueryTerm } from './query.ts';
import { fold } from './fold.ts';
import { mapWord, partsOf, wordsOf } from './words.ts';

export interface Match {
  readonly start: number;
  readonly end: number;
}

export interface TextMatches {
  /** In order, none over another. */
  readonly matches: readonly Match[];
  /** How well the text answers, compared with others: whole words before beginnings, often before once, short texts. */
  readonly score: number;
}

/** Undefined where a term is missing. */
export const matchText = (text: string, terms: readonly QueryTerm[]): TextMatches | undefined => {
  const found: Match[] = [];
  const weights = new Float64Array(terms.length);
  let wordCount = 0;
  for (const { 0: word, index } of wordsOf(text)) {
    wordCount += 1;
    const folded = fold(word);
    const parts = partsOf(folded);
    let places: readonly number[] | undefined;
    for (const { letters, kind, at } of parts) {
      for (const [number, term] of terms.entries()) {
        for (const [start, end, weight] of kind === 'spaced' ? wordMatch(letters, term) : placesWithin(letters, term)) {
          weights[number] = (weights[number] ?? 0) + weight;
          // Nearly always the whole word: no need to know where its letters went.
          if (parts.length === 1 && start === 0 && end === letters.length) {
            found.push({ start: index, end: index + word.length });
            continue;
          }
          places ??= mapWord(word).places;
          found.push({ start: index + (places[at + start] ?? 0), end: index + (places[at + end] ?? word.length) });
        }
      }
    }
  }
  if (weights.some((weight) => weight === 0)) return undefined;
  const score = weights.reduce((sum, weight) => sum + 1 + Math.log(weight), 0) / (4 + Math.log(1 + wordCount));
  return { matches: withoutOverlaps(found), score };
};

type Place = readonly [start: number, end: number, weight: number];

const NOWHERE: readonly Place[] = [];
const WHOLE_WORD = 2;
const BEGINNING = 1;

/** A word is marked whole, also where only its beginning was typed. */
const wordMatch = (letters: string, { letters: wanted, match }: QueryTerm): readonly Place[] => {
  if (match === 'within') return NOWHERE;
  if (letters === wanted) return [[0, letters.length, WHOLE_WORD]];
  return match === 'beginning' && letters.startsWith(wanted) ? [[0, letters.length, BEGINNING]] : NOWHERE;
};

const placesWithin = (letters: string, { letters: wanted, match }: QueryTerm): readonly Place[] => {
  if (match !== 'within') return NOWHERE;
  const places: Place[] = [];
  for (let at = letters.indexOf(wanted); at !== -1; at = letters.indexOf(wanted, at + wanted.length)) {
    places.push([at, at + wanted.length, WHOLE_WORD]);
  }
  return places;
};

const withoutOverlaps = (found: readonly Match[]): readonly Match[] => {
  const matches: Match[] = [];
  for (const match of [...found].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = matches.at(-1);
    if (last === undefined || match.start >= last.end) matches.push(match);
    else if (match.end > last.end) matches[matches.length - 1] = { start: last.start, end: match.end };
  }
  return matches;
};

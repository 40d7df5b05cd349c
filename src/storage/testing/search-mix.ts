/** What people look for in the made-up history: the named mix that search is measured with. */
import { wordOfRank } from './history-text.ts';

export interface MixedQuery {
  readonly name: string;
  readonly query: string;
  /** Index of the chat that is searched, the largest first; everywhere if undefined. */
  readonly chat?: number;
}

export const SEARCH_MIX: readonly MixedQuery[] = [
  { name: 'frequent word', query: 'the' },
  { name: 'frequent word, marks', query: 'grusse' },
  { name: 'rare word', query: wordOfRank('en', 20_000) },
  { name: 'no such word', query: 'xyzzyx' },
  { name: 'prefix of 1', query: 't' },
  { name: 'prefix of 1, rarer', query: 'z' },
  { name: 'prefix of 2', query: 'qu' },
  { name: 'prefix of 3', query: 'gra' },
  { name: 'prefix of 4, frequent', query: 'gran' },
  { name: 'prefix of 5', query: 'tomor' },
  { name: 'two words', query: 'the I' },
  { name: 'two words, rarer', query: 'tomorrow coffee' },
  { name: 'Chinese word', query: '工作' },
  { name: 'Chinese character', query: '茶' },
  { name: 'Japanese word', query: 'コーヒー' },
  { name: 'Arabic word', query: 'من' },
  { name: 'frequent word in a large chat', query: 'the', chat: 0 },
  { name: 'frequent word in a small chat', query: 'the', chat: 150 },
  { name: 'rarer word in a small chat', query: 'tomorrow', chat: 150 },
  { name: 'prefix of 1 in a small chat', query: 'q', chat: 150 },
];

import { fold } from './fold.ts';
import { PREFIX_CHARACTERS, conversationToken, cutWord, prefixToken } from './tokens.ts';
import { partsOf, wordsOf } from './words.ts';

/** One thing that must stand in a message. */
export interface QueryTerm {
  readonly letters: string;
  /** `beginning`: of a word. `within`: anywhere in a run of a script without spaces. */
  readonly match: 'word' | 'beginning' | 'within';
}

/** Beyond these, the index is not asked: what it finds is read and compared anyway. */
const EXPRESSION_TOKENS_MAX = 24;

/** All words of what a person typed; the last one may go on. None where there is no letter or digit. */
export const termsOf = (query: string): readonly QueryTerm[] => {
  const parts = Array.from(wordsOf(query), ([word]) => partsOf(fold(word))).flat();
  return parts.map(({ letters, kind }, index) => {
    if (kind === 'unspaced') return { letters, match: 'within' };
    return { letters, match: index === parts.length - 1 ? 'beginning' : 'word' };
  });
};

/**
 * The terms as an FTS5 expression. Tokens are letters, digits and marks in quotes: nothing a person types is syntax.
 *
 * @param conversation its row, where only one is searched
 */
export const toExpression = (terms: readonly QueryTerm[], conversation: number | undefined): string => {
  const phrases = new Set(terms.flatMap(toPhrases).slice(0, EXPRESSION_TOKENS_MAX));
  if (conversation !== undefined) phrases.add(quote(conversationToken(conversation)));
  return [...phrases].join(' ');
};

/**
 * The terms with the last one cut to what one look-up finds, where that is less: FTS5 merges all words with a longer
 * beginning before it answers, which takes long where there are many, and then most of these are what is searched.
 */
export const loosen = (terms: readonly QueryTerm[]): readonly QueryTerm[] | undefined => {
  const last = terms.at(-1);
  if (last?.match !== 'beginning') return undefined;
  const characters = [...last.letters];
  if (characters.length <= PREFIX_CHARACTERS) return undefined;
  return [...terms.slice(0, -1), { ...last, letters: characters.slice(0, PREFIX_CHARACTERS).join('') }];
};

const quote = (token: string): string => `"${token}"`;

const toPhrases = ({ letters, match }: QueryTerm): readonly string[] => {
  if (match === 'word') return [quote(cutWord(letters))];
  const characters = [...letters];
  if (match === 'within') {
    if (characters.length === 1) return [quote(letters)];
    return characters.slice(1).map((character, index) => quote(`${characters[index]}${character}`));
  }
  return characters.length <= PREFIX_CHARACTERS ? [quote(prefixToken(letters))] : [`${quote(cutWord(letters))}*`];
};

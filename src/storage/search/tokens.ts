/**
 * What the full-text index holds of a message, as words between spaces for FTS5's `ascii` tokenizer, each once:
 *
 * | token | |
 * |---|---|
 * | `#12` | the conversation, by its row |
 * | `word` | a folded word, its first 40 characters |
 * | `^w` `^wo` `^wor` | the beginnings of a word: what is typed first is the most frequent, and found by one look-up |
 * | `山` `山水` | each character of an unspaced run, and each two neighbours |
 *
 * Part of the stored format (docs/protocol/database-file.md, "Search").
 */
import { fold } from './fold.ts';
import { partsOf, wordsOf } from './words.ts';

/** Longer words are addresses and keys; they are told apart by more than their beginning when they are read. */
export const WORD_CHARACTERS = 40;
export const PREFIX_CHARACTERS = 3;

export const tokensOf = (text: string, conversation: number): string => {
  const tokens = new Set<string>();
  if (ASCII.test(text)) addAscii(tokens, text);
  else addLetters(tokens, text);
  let all = conversationToken(conversation);
  for (const token of tokens) all += ` ${token}`;
  return all;
};

export const conversationToken = (conversation: number): string => `#${conversation}`;

export const prefixToken = (letters: string): string => `^${letters}`;

export const cutWord = (letters: string): string => firstCharacters(letters, WORD_CHARACTERS);

const ASCII = /^[\0-\x7f]*$/u;
const ASCII_WORD = /[a-z0-9]+/gu;

/** The same, several times faster: half of what is written, and addresses. */
const addAscii = (tokens: Set<string>, text: string): void => {
  for (const word of text.toLowerCase().match(ASCII_WORD) ?? []) addWord(tokens, word);
};

const addLetters = (tokens: Set<string>, text: string): void => {
  for (const [word] of wordsOf(text)) {
    for (const { letters, kind } of partsOf(fold(word))) {
      if (kind === 'unspaced') addNeighbours(tokens, letters);
      else addWord(tokens, letters);
    }
  }
};

const addWord = (tokens: Set<string>, letters: string): void => {
  tokens.add(cutWord(letters));
  for (let count = 1; count <= PREFIX_CHARACTERS; count += 1) {
    const beginning = firstCharacters(letters, count);
    tokens.add(prefixToken(beginning));
    if (beginning.length === letters.length) break;
  }
};

const addNeighbours = (tokens: Set<string>, letters: string): void => {
  let before = '';
  for (const character of letters) {
    tokens.add(character);
    if (before !== '') tokens.add(before + character);
    before = character;
  }
};

const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;

/** Never half of a surrogate pair. */
const firstCharacters = (letters: string, count: number): string => {
  let end = 0;
  for (let left = count; left > 0 && end < letters.length; left -= 1) {
    end += isSurrogate(letters.charCodeAt(end)) ? 2 : 1;
  }
  return end >= letters.length ? letters : letters.slice(0, end);
};

import type { Match } from './matches.ts';

const BEFORE_CHARACTERS = 40;
const CHARACTERS = 160;
/** How far a cut may move to fall between two words. */
const SLACK = 16;

/** Text around the first match; every second part, from the second on, is a match. */
export const snippetOf = (text: string, matches: readonly Match[]): readonly string[] => {
  const first = matches[0]?.start ?? 0;
  const start = first <= BEFORE_CHARACTERS ? 0 : cutBefore(text, first - BEFORE_CHARACTERS);
  const end = text.length - start <= CHARACTERS ? text.length : cutAfter(text, start + CHARACTERS);
  const parts: string[] = [];
  let at = start;
  for (const match of matches) {
    if (match.start >= end) break;
    parts.push(text.slice(at, match.start), text.slice(match.start, Math.min(match.end, end)));
    at = Math.min(match.end, end);
  }
  parts.push(text.slice(at, end));
  if (start > 0) parts[0] = `…${parts[0] ?? ''}`;
  if (end < text.length) parts[parts.length - 1] += '…';
  return parts;
};

/** The beginning of a word at or behind `at`, else a whole character. */
const cutBefore = (text: string, at: number): number => {
  const space = text.slice(at, at + SLACK).search(/\s\S/u);
  return space === -1 ? wholeCharacter(text, at) : at + space + 1;
};

const cutAfter = (text: string, at: number): number => {
  const space = text.slice(at, at + SLACK).search(/\s/u);
  return space === -1 ? wholeCharacter(text, at) : at + space;
};

const wholeCharacter = (text: string, at: number): number => {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff ? at + 1 : at;
};

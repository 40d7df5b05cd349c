import { LIMITS } from './limits.ts';
import { err, ok, type Result } from './result.ts';

/** Turn the reading direction of what stands around them: a name must not be able to rewrite a sentence. */
const BIDI_CONTROLS = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;
/** Invisible: with them two names look alike and are not. U+200D is judged by `LONE_JOINER`. */
const INVISIBLE =
  /[\u00AD\u034F\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B\u200C\u2060-\u2064\u206A-\u206F\u3164\uFEFF\uFFA0\uFFF9-\uFFFB]|[\u{E0000}-\u{E0FFF}]/gu;
/** A joiner that does not hold an emoji together. */
const LONE_JOINER =
  /(?<![\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F])\u200D|\u200D(?!\p{Extended_Pictographic})/gu;
const LINE_BREAKS = /[\t\n\v\f\r\u0085\u2028\u2029]/gu;
const CONTROLS = /\p{Cc}/gu;
const LONE_SURROGATES = /\p{Cs}/gu;

export type NameError = { readonly tag: 'name-empty' } | { readonly tag: 'name-too-long' };

/** A name as it may be shown: visible characters of one line, NFC, single spaces. Of any length, perhaps empty. */
export const cleanName = (raw: string): string =>
  raw
    .normalize('NFC')
    .replace(LINE_BREAKS, ' ')
    .replace(BIDI_CONTROLS, '')
    .replace(INVISIBLE, '')
    .replace(CONTROLS, '')
    .replace(LONE_SURROGATES, '')
    .replace(LONE_JOINER, '')
    .replace(/\p{Zs}+/gu, ' ')
    .trim()
    // Once more: what was taken out may have stood between a letter and its accent.
    .normalize('NFC');

/** A name that somebody chose for themselves or for a contact: cleaned, 1 to 64 graphemes, at most 512 bytes. */
export const parseName = (raw: string): Result<string, NameError> => {
  const name = cleanName(raw);
  if (name === '') return err({ tag: 'name-empty' });
  return fits(name) ? ok(name) : err({ tag: 'name-too-long' });
};

/** A name that somebody else sent: cleaned, and cut where it is too long, because it has to be shown as something. */
export const cutName = (raw: string): string => {
  const name = cleanName(raw);
  if (fits(name)) return name;
  let cut = '';
  for (const grapheme of graphemes(name).slice(0, LIMITS.nameGraphemes)) {
    if (utf8Length(cut + grapheme) > LIMITS.nameBytes) break;
    cut += grapheme;
  }
  return cut.trim();
};

const fits = (name: string): boolean =>
  graphemes(name).length <= LIMITS.nameGraphemes && utf8Length(name) <= LIMITS.nameBytes;

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
const graphemes = (text: string): readonly string[] => [...segmenter.segment(text)].map(({ segment }) => segment);

/** Length in UTF-8; this room has no `TextEncoder`. */
export const utf8Length = (text: string): number => {
  let length = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    length += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x1_0000 ? 3 : 4;
  }
  return length;
};

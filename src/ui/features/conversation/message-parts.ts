/** A message's text cut into what the screen shows differently. Joined, the parts give back the text exactly. */
export type TextPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string };

// Only http and https: `javascript:`, `data:` and app schemes from a stranger never become something to press.
const LINK_OR_CODE = /`([^`\n]+)`|\bhttps?:\/\/[^\s<>"'`\u200b-\u200f\u202a-\u202e\u2060-\u2069]+/giu;

const CLOSERS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

const count = (text: string, sign: string): number => text.split(sign).length - 1;

/** A sentence's punctuation after an address belongs to the sentence; a bracket belongs to it if it opened before. */
const withoutTrailingPunctuation = (address: string): string => {
  let end = address.length;
  while (end > 0) {
    const sign = address[end - 1] ?? '';
    const head = address.slice(0, end);
    const opener = CLOSERS[sign];
    const isUnopened = opener !== undefined && count(head, sign) > count(head, opener);
    if (!isUnopened && !/[.,:;!?…。，、！？»”’*_~|]/u.test(sign)) break;
    end -= 1;
  }
  return address.slice(0, end);
};

const isAddress = (text: string): boolean => {
  try {
    const { protocol, hostname, username } = new URL(text);
    // `https://bank.example@evil.example` shows one host and opens another.
    return (protocol === 'http:' || protocol === 'https:') && hostname !== '' && username === '';
  } catch {
    return false;
  }
};

export const partsOf = (text: string): readonly TextPart[] => {
  const parts: TextPart[] = [];
  let done = 0;
  const plainUpTo = (end: number) => {
    if (end > done) parts.push({ kind: 'text', text: text.slice(done, end) });
    done = end;
  };
  for (const match of text.matchAll(LINK_OR_CODE)) {
    const code = match[1];
    if (code !== undefined) {
      plainUpTo(match.index);
      parts.push({ kind: 'code', text: match[0] });
      done = match.index + match[0].length;
      continue;
    }
    const address = withoutTrailingPunctuation(match[0]);
    if (!isAddress(address)) continue;
    plainUpTo(match.index);
    parts.push({ kind: 'link', text: address, href: address });
    done = match.index + address.length;
  }
  plainUpTo(text.length);
  return parts;
};

const EMOJI_ONLY = new RegExp(String.raw`^(?:\p{RGI_Emoji}|\s)+$`, 'v');
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** One to three emoji and nothing else are shown large. */
export const isLargeEmoji = (text: string): boolean => {
  if (text.length > 60 || !EMOJI_ONLY.test(text)) return false;
  const signs = [...graphemes.segment(text)].filter(({ segment }) => segment.trim() !== '');
  return signs.length <= 3;
};

const FOLD_LINES = 20;
const FOLD_LETTERS = 1_400;

/** Long texts start folded, at a line end or a word end. Undefined when the whole text may be shown. */
export const foldedText = (text: string): string | undefined => {
  const lines = text.split('\n');
  if (lines.length > FOLD_LINES + 4) return lines.slice(0, FOLD_LINES).join('\n');
  if (text.length <= FOLD_LETTERS * 1.25) return undefined;
  const cut = text.lastIndexOf(' ', FOLD_LETTERS);
  return text.slice(0, cut > FOLD_LETTERS / 2 ? cut : FOLD_LETTERS);
};

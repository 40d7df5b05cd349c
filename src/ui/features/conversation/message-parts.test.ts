import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldedText, isLargeEmoji, partsOf } from './message-parts.ts';

const linksOf = (text: string) => partsOf(text).flatMap((part) => (part.kind === 'link' ? [part.href] : []));

describe('links in a message', () => {
  it.each([
    ['see https://example.org/a?b=1#c.', 'https://example.org/a?b=1#c'],
    ['(https://en.wikipedia.org/wiki/Rope_(disambiguation))', 'https://en.wikipedia.org/wiki/Rope_(disambiguation)'],
    ['HTTP://EXAMPLE.ORG', 'HTTP://EXAMPLE.ORG'],
    ['在这里https://example.org/路。', 'https://example.org/路'],
  ])('finds the address in %s', (text, href) => {
    expect(linksOf(text)).toEqual([href]);
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', 'https://', 'https://bank.example@evil.example/', 'xhttp://a.b'])(
    'never makes a link of %s',
    (text) => {
      expect(linksOf(text)).toEqual([]);
    },
  );

  it('leaves addresses inside code alone', () => {
    expect(partsOf('run `curl https://a.example` now').map(({ kind }) => kind)).toEqual(['text', 'code', 'text']);
  });

  it('never changes, loses or reorders a letter, and links are http only', () => {
    const pieces = fc.constantFrom('`', 'https://', 'http://a.b', ' ', '\n', '(', ')', '.', 'é', '🙂', '\u202e', 'x');
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string({ unit: 'grapheme' }))), (words) => {
        const text = words.join('');
        const parts = partsOf(text);
        expect(parts.map((part) => part.text).join('')).toBe(text);
        for (const part of parts) if (part.kind === 'link') expect(part.href).toMatch(/^https?:\/\//i);
      }),
    );
  });
});

describe('emoji alone', () => {
  it('are shown large up to three', () => {
    expect(['👍', '👩‍👩‍👧‍👦 ❤️ 🇳🇵', '🙂🙂🙂'].map(isLargeEmoji)).toEqual([true, true, true]);
  });
  it('are text with words, digits or a fourth', () => {
    expect(['🙂🙂🙂🙂', 'ok 👍', '123', '', '#'].map(isLargeEmoji)).toEqual([false, false, false, false, false]);
  });
});

describe('long texts', () => {
  it('fold at twenty lines, but not for the sake of four more', () => {
    expect(foldedText('a\n'.repeat(22))).toBeUndefined();
    expect(foldedText('a\n'.repeat(40))?.split('\n')).toHaveLength(20);
  });
  it('fold at the end of a word', () => {
    expect(foldedText('word '.repeat(500))).toMatch(/word$/);
  });
});

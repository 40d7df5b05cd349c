import { describe, expect, it } from 'vitest';
import { matchText } from './matches.ts';
import { termsOf, toExpression } from './query.ts';
import { snippetOf } from './snippet.ts';
import { tokensOf } from './tokens.ts';

const marked = (text: string, query: string): string | undefined => {
  const found = matchText(text, termsOf(query));
  if (found === undefined) return undefined;
  return snippetOf(text, found.matches)
    .map((part, index) => (index % 2 === 1 ? `[${part}]` : part))
    .join('');
};

describe('tokens', () => {
  it('are folded words, their beginnings, and the chat', () => {
    expect(tokensOf('Über uns', 7).split(' ')).toEqual(['#7', 'uber', '^u', '^ub', '^ube', 'uns', '^un', '^uns']);
  });

  it('are characters and pairs where words are not told apart by spaces', () => {
    expect(tokensOf('iPhone手机好', 7).split(' ')).toEqual('#7 iphone ^i ^ip ^iph 手 机 手机 好 机好'.split(' '));
    expect(tokensOf('𠮷野', 1).split(' ')).toEqual(['#1', '𠮷', '野', '𠮷野']);
  });

  it('are few, also of a text without spaces', () => {
    expect(tokensOf('x'.repeat(60_000), 1).length).toBeLessThan(60);
    expect(tokensOf('ha '.repeat(20_000), 1)).toBe('#1 ha ^h ^ha');
    expect(tokensOf('🎉 … --', 3)).toBe('#3');
  });
});

describe('queries', () => {
  it('ask for every word, the last one as a beginning', () => {
    expect(toExpression(termsOf('Das Haus'), undefined)).toBe('"das" "haus"*');
    expect(toExpression(termsOf('das h'), 4)).toBe('"das" "^h" "#4"');
    expect(toExpression(termsOf('电话号 ok'), undefined)).toBe('"电话" "话号" "^ok"');
  });

  it('are never syntax', () => {
    for (const query of ['a" OR "b', 'NEAR(a b)', 'text : x', '-a', '^a', '#5', 'a AND NOT b', '{a}', "a'); DROP"]) {
      expect(toExpression(termsOf(query), undefined)).toMatch(
        /^("\^?[\p{L}\p{N}\p{M}]+"\*?)( "\^?[\p{L}\p{N}\p{M}]+"\*?)*$/u,
      );
    }
    for (const query of ['', ' ', '"', '👍', '…', '\0', '\u200d', '()*']) expect(termsOf(query)).toEqual([]);
  });
});

describe('what is marked', () => {
  it('is the whole word that was begun, wherever it stands', () => {
    expect(marked('Tea, then more tea', 'te')).toBe('[Tea], then more [tea]');
    expect(marked('Die Straße ist gesperrt', 'strass')).toBe('Die [Straße] ist gesperrt');
    expect(marked('the cat in the hat', 'the ha')).toBe('[the] cat in [the] [hat]');
    expect(marked('the cat', 'ca the')).toBeUndefined();
  });

  it('is just what was typed in scripts without spaces', () => {
    expect(marked('明天给我打电话吧', '电话')).toBe('明天给我打[电话]吧');
    expect(marked('新しいiPhone手机', 'iphone 手机')).toBe('新しい[iPhone][手机]');
    expect(marked('コーヒーを飲む', 'ｺｰﾋｰ')).toBe('[コーヒー]を飲む');
    expect(marked('ไปโรงเรียน', 'โรง')).toBe('ไป[โรง]เรียน');
    expect(marked('동창회에서 만나', '창회')).toBe('동[창회]에서 만나');
  });

  it('needs neighbours: pairs that stand apart are no match', () => {
    expect(marked('电话 话号', '电话号')).toBeUndefined();
  });

  it('is shown with some text around it, cut between words and never within a character', () => {
    const text = `${'first words '.repeat(20)}needle ${'last words '.repeat(40)}`;
    const snippet = marked(text, 'needle') ?? '';
    expect(snippet).toMatch(/^…(?:first words )+\[needle\] (?:last words )+last words…$/u);
    expect(snippet.length).toBeLessThan(200);
    for (const shift of [0, 1, 2, 3]) {
      const emoji = `${'a'.repeat(shift)}${'🦊'.repeat(60)} needle ${'🦊'.repeat(200)}`;
      expect(marked(emoji, 'needle')).not.toMatch(/\p{Cs}/u);
    }
  });
});

it('a text with the whole word, or with it more often, answers better than one with its beginning', () => {
  const score = (text: string): number => matchText(text, termsOf('boat'))!.score;
  expect(score('a boat')).toBeGreaterThan(score('a boathouse'));
  expect(score('boat boat')).toBeGreaterThan(score('boat train'));
  expect(score('a boat')).toBeGreaterThan(score(`a boat ${'and much more '.repeat(20)}`));
});

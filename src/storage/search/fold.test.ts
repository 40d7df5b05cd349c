import { describe, expect, it } from 'vitest';
import { fold } from './fold.ts';
import { mapWord } from './words.ts';

describe('folding', () => {
  it.each([
    ['Ångström', 'angstrom'],
    ['ÜBER', 'uber'],
    ['Straße', 'strasse'],
    ['STRASSE', 'strasse'],
    ['cafe\u0301', 'cafe'],
    ['niño', 'nino'],
    ['Œuvre', 'oeuvre'],
    ['İSTANBUL', 'istanbul'],
    ['ΟΔΟΣ', 'οδοσ'],
    ['οδός', 'οδοσ'],
    ['Й', 'и'],
    ['مُحَمَّد', 'محمد'],
    ['الأحد', 'الاحد'],
    ['جميـــل', 'جميل'],
    ['שָׁלוֹם', 'שלום'],
    ['ＡＢＣ１２', 'abc12'],
    ['ﬁn', 'fin'],
    ['ｶﾞｽ', 'ガス'],
    ['𝓗𝓮𝔂', 'hey'],
  ])('%s is %s', (word, folded) => {
    expect(fold(word)).toBe(folded);
  });

  it('keeps what is a letter of its own: Japanese sound marks, Korean syllables, Indic vowels', () => {
    expect(fold('が')).not.toBe(fold('か'));
    expect(fold('학교'.normalize('NFD'))).toBe('학교');
    expect(fold('हिन्दी')).toBe('हिन्दी');
    expect(fold('ไทย')).toBe('ไทย');
  });

  it('knows where each folded letter stood', () => {
    for (const word of [
      'Straße',
      'cafe\u0301',
      'ｶﾞｽ',
      'iPhone手机',
      '학교'.normalize('NFD'),
      'ΟΔΟΣ',
      'x½y',
      'مُحَمَّد',
      '𝓗𠮷',
    ]) {
      const { folded, places } = mapWord(word);
      expect(folded, word).toBe(fold(word));
      expect(places.length).toBe(folded.length + 1);
      expect([...places]).toEqual([...places].sort((a, b) => a - b));
      expect(places.at(-1)).toBe(word.length);
    }
  });
});

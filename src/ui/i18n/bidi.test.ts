import { describe, expect, it } from 'vitest';
import { balanced, isolated } from './bidi.ts';
import { en } from './en.ts';
import { createTranslate } from './translate.ts';

const [LRE, RLO, LRI, FSI] = ['\u202a', '\u202e', '\u2066', '\u2068'];
const [PDF, PDI] = ['\u202c', '\u2069'];

describe('what somebody wrote', () => {
  it.each([
    ['is left alone without such signs', 'plain, ليلى, 👩\u200d🚒', 'plain, ليلى, 👩\u200d🚒'],
    ['is closed at its end', `a${RLO}b`, `a${RLO}b${PDF}`],
    ['is closed inside out', `${RLO}a${LRI}b${LRE}c`, `${RLO}a${LRI}b${LRE}c${PDF}${PDI}${PDF}`],
    ['is closed line by line', `a${RLO}b\nc`, `a${RLO}b${PDF}\nc`],
    ['cannot close what it did not open', `a${PDI}b${PDF}c`, 'abc'],
    ['cannot break out by closing twice', `${LRI}a${PDI}${PDI}b`, `${LRI}a${PDI}b`],
    ['closes embeddings with the isolate around them', `${LRI}${RLO}a${PDI}b`, `${LRI}${RLO}a${PDI}b`],
    ['stays as it is when it closes what it opens', `a${RLO}b${PDF}c`, `a${RLO}b${PDF}c`],
  ])('%s', (_, text, shown) => {
    expect(balanced(text)).toBe(shown);
  });
});

describe('a name, a search word or a text in a sentence', () => {
  const t = createTranslate(en, 'en-GB');

  it('does not turn the sentence', () => {
    expect(t('request.title', { name: `Eve${RLO}` })).toBe(`${FSI}Eve${PDI} would like to write to you`);
    expect(t('search.none', { query: `${PDI}${RLO}x` })).toBe(`Nothing found for “${FSI}x${PDI}”`);
    expect(t('people.unblocked', { name: 'ليلى' })).toBe(`${FSI}ليلى${PDI} can write to you again.`);
    expect(t('chat.new-message', { author: 'Noor', text: `a${RLO}b` })).toBe(`Noor: ${FSI}ab${PDI}`);
  });

  it('stays plain where it is plain', () => {
    expect(isolated('Noor O’Haddad 李')).toBe('Noor O’Haddad 李');
  });
});

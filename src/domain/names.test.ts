import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cleanName, cutName, parseName, utf8Length } from './names.ts';

test('a name cannot turn the sentence around it', () => {
  expect(cleanName('Ana\u202Egnp.exe')).toBe('Anagnp.exe');
  expect(cleanName('\u2066Ana\u2069')).toBe('Ana');
});

test('two names that look alike because of invisible characters become one', () => {
  expect(cleanName('Bo\u200Bb\uFEFF')).toBe('Bob');
  expect(cleanName('A\u{E0041}na')).toBe('Ana');
});

test('a family emoji stays one; a joiner between letters goes', () => {
  expect(cleanName('👩\u200D👩\u200D👧')).toBe('👩\u200D👩\u200D👧');
  expect(cleanName('👩🏽\u200D🚀')).toBe('👩🏽\u200D🚀');
  expect(cleanName('a\u200Db')).toBe('ab');
});

test('a name is one line with single spaces', () => {
  expect(cleanName('  Ana\n Lucía\t\u2028 Pérez ')).toBe('Ana Lucía Pérez');
});

test('composed and decomposed letters are the same name', () => {
  expect(cleanName('Jose\u0301')).toBe('José');
  for (const hidden of ['\u200B', '\u034F', '\u202E', '\u0000']) expect(cleanName(`Jose${hidden}\u0301`)).toBe('José');
});

test('a name of nothing visible is empty, one of 65 graphemes too long', () => {
  expect(parseName('\u200B \u202E')).toEqual({ ok: false, error: { tag: 'name-empty' } });
  expect(parseName('é'.repeat(64)).ok).toBe(true);
  expect(parseName('é'.repeat(65))).toEqual({ ok: false, error: { tag: 'name-too-long' } });
});

test('a name that others sent always fits, and cleaning twice changes nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (raw) => {
      const name = cutName(raw);
      expect(utf8Length(name)).toBeLessThanOrEqual(512);
      expect([...new Intl.Segmenter('en').segment(name)].length).toBeLessThanOrEqual(64);
      expect(cutName(name)).toBe(name);
    }),
    { numRuns: 100 },
  );
});

test('lengths are counted as UTF-8', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      fc.pre(!/\p{Cs}/u.test(text));
      expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length);
    }),
  );
});

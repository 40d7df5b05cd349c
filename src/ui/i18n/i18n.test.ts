import { describe, expect, it } from 'vitest';
import { createDates, dayKeyOf, daysBetween } from './dates.ts';
import { en } from './en.ts';
import { createTranslate } from './translate.ts';

const t = createTranslate(en, 'en-GB');

describe('sentences', () => {
  it('fills in names and counts', () => {
    expect(t('composer.label', { name: 'Noor' })).toBe('Message to Noor');
    expect(t('connection.offline-waiting', { count: 1 })).toBe('Offline. 1 message will go out later');
    expect(t('connection.offline-waiting', { count: 2000 })).toBe('Offline. 2,000 messages will go out later');
  });

  it('leaves what a person typed alone, braces included', () => {
    expect(t('search.none', { query: '{count} $& {query}' })).toBe('Nothing found for “{count} $& {query}”');
  });

  it('bends plurals the way a language does', () => {
    const arabic = { ...en, 'list.unread': { zero: 'صفر', one: 'واحد', two: 'اثنان', few: 'قليل', other: 'كثير' } };
    const say = createTranslate(arabic, 'ar');
    expect([0, 1, 2, 3].map((count) => say('list.unread', { count }))).toEqual(['صفر', 'واحد', 'اثنان', 'قليل']);
  });

  it('has no empty text, no exclamation mark, no straight ellipsis', () => {
    for (const [key, entry] of Object.entries(en)) {
      for (const text of typeof entry === 'string' ? [entry] : Object.values<string>(entry)) {
        expect(text.trim(), key).not.toBe('');
        expect(text, key).not.toMatch(/!|\.\.\./);
      }
    }
  });
});

describe('days and times', () => {
  const dates = createDates('en-GB');
  const now = new Date(2026, 10, 23, 14, 32).getTime();
  const at = (day: number, hour = 12) => new Date(2026, 10, day, hour).getTime();

  it('names the day the way people do', () => {
    expect(dates.day(at(23), now)).toBe('Today');
    expect(dates.day(at(22, 23), now)).toBe('Yesterday');
    expect(dates.day(at(21), now)).toBe('Saturday 21 November');
    expect(dates.day(new Date(2025, 10, 21).getTime(), now)).toMatch(/2025/);
  });

  it('says when in the fewest signs in the chat list', () => {
    expect(dates.brief(now, now)).toBe('14:32');
    expect(dates.brief(at(22), now)).toBe('Sun');
    expect(dates.brief(at(10), now)).toBe('10 Nov');
    expect(dates.brief(new Date(2024, 0, 3).getTime(), now)).toBe('3 Jan 2024');
  });

  it('counts calendar days, not spans of 24 hours', () => {
    expect(daysBetween(at(22, 23), at(23, 1))).toBe(1);
    expect(dayKeyOf(at(22, 23))).not.toBe(dayKeyOf(at(23, 0)));
  });

  it('writes sizes in the unit that reads best', () => {
    expect(dates.bytes(0)).toBe('0 byte');
    expect(dates.bytes(12_400_000)).toBe('12.4 MB');
  });
});

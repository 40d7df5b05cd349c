import { isolated } from './bidi.ts';
import type { Dictionary, MessageKey, ParametersOf, PluralForms } from './dictionary.ts';

export type Translate = <Key extends MessageKey>(key: Key, ...values: ParametersOf<Key>) => string;

/** Turns keys into sentences of one language. `locale` is a BCP 47 tag; it decides plurals and how numbers look. */
export const createTranslate = (dictionary: Dictionary, locale: string): Translate => {
  const plurals = new Intl.PluralRules(locale);
  const numbers = new Intl.NumberFormat(locale);

  const choose = (entry: string | PluralForms, count: number | undefined): string => {
    if (typeof entry === 'string') return entry;
    return (count === undefined ? undefined : entry[plurals.select(count)]) ?? entry.other;
  };

  return (key, ...[values]) => {
    const given: Readonly<Record<string, string | number>> = values ?? {};
    const count = given.count;
    const text = choose(dictionary[key], typeof count === 'number' ? count : undefined);
    return text.replaceAll(/\{(\w+)\}/g, (placeholder, name: string) => {
      const value = given[name];
      if (value === undefined) return placeholder;
      return typeof value === 'number' ? numbers.format(value) : isolated(value);
    });
  };
};

import { isolated } from './bidi.ts';
import type { Dictionary, MessageKey, ParametersOf, PluralForms } from './dictionary.ts';

export type Translate = <Key extends MessageKey>(key: Key, ...values: ParametersOf<Key>) => string;

/** Turns keys into sentences of one language. `locale` is a BCP 47 tag; it decides plurals and how numbers look. */
export const createTranslate = (dictionary: Dictionary, locale: string): Translate => {
  // Made when the first sentence counts something: a start has none, and would wait for them.
  let plurals: Intl.PluralRules | undefined;
  let numbers: Intl.NumberFormat | undefined;

  const choose = (entry: string | PluralForms, count: number | undefined): string => {
    if (typeof entry === 'string') return entry;
    if (count === undefined) return entry.other;
    plurals ??= new Intl.PluralRules(locale);
    return entry[plurals.select(count)] ?? entry.other;
  };

  return (key, ...[values]) => {
    const given: Readonly<Record<string, string | number>> = values ?? {};
    const count = given.count;
    const text = choose(dictionary[key], typeof count === 'number' ? count : undefined);
    return text.replaceAll(/\{(\w+)\}/g, (placeholder, name: string) => {
      const value = given[name];
      if (value === undefined) return placeholder;
      if (typeof value !== 'number') return isolated(value);
      numbers ??= new Intl.NumberFormat(locale);
      return numbers.format(value);
    });
  };
};

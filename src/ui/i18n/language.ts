import { shallowRef } from 'vue';
import { createDates, type Dates } from './dates.ts';
import type { Dictionary } from './dictionary.ts';
import { en } from './en.ts';
import { createTranslate, type Translate } from './translate.ts';

type Language = { readonly locale: string; readonly translate: Translate; readonly dates: () => Dates };

const createLanguage = (dictionary: Dictionary, locale: string): Language => {
  let dates: Dates | undefined;
  return {
    locale,
    translate: createTranslate(dictionary, locale),
    // Twelve formatters, which the unlock screen does not need: it would stand 2 ms later for them.
    dates: () => (dates ??= createDates(locale)),
  };
};

/** The reader's own variant of a language (en-GB, en-IN) writes times and dates the way they expect. */
const variantOf = (language: string, wanted: readonly string[]): string =>
  wanted.find((tag) => tag === language || tag.startsWith(`${language}-`)) ?? language;

const current = shallowRef(createLanguage(en, variantOf('en', globalThis.navigator?.languages ?? [])));

/** The sentence for `key`. Reactive: a template that calls it follows a change of language. */
export const t: Translate = (key, ...values) => current.value.translate(key, ...values);

/** The BCP 47 tag of the language that is spoken; reactive like `t`. */
export const locale = (): string => current.value.locale;

/** Dates and times as the reader writes them; reactive like `t`. */
export const dates = (): Dates => current.value.dates();

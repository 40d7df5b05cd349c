import type { en } from './en.ts';

/** One form per plural category of a language (CLDR); every language has `other`. */
export type PluralForms = Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> & { readonly other: string };

/** English is the reference: every other language has exactly its keys, and may bend plurals its own way. */
export type MessageKey = keyof typeof en;
export type Dictionary = {
  readonly [Key in MessageKey]: (typeof en)[Key] extends string ? string : PluralForms;
};

type PlaceholdersOf<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | PlaceholdersOf<Rest> : never;
type TextsOf<Entry> = Entry extends string ? Entry : Entry[keyof Entry];
type NamesOf<Key extends MessageKey> =
  PlaceholdersOf<TextsOf<(typeof en)[Key]>> | ((typeof en)[Key] extends string ? never : 'count');

/** The values that a message needs, read from its own `{placeholders}`; a plural always needs `count`. */
export type ParametersOf<Key extends MessageKey> = [NamesOf<Key>] extends [never]
  ? []
  : [values: { readonly [Name in NamesOf<Key>]: Name extends 'count' ? number : string | number }];

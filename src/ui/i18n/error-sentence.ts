import type { ErrorTag } from './error-tag.ts';
import { t } from './language.ts';

/** The sentence that a person reads when `error` happened. */
export const errorSentence = (error: { readonly tag: ErrorTag }): string => t(`error.${error.tag}`);

import type { ErrorTag } from '../../i18n/error-tag.ts';
import { errorSentence } from '../../i18n/error-sentence.ts';
import { t } from '../../i18n/language.ts';

/** Why a deletion was refused. Who is told to free some space has just tried to: it has to come from elsewhere. */
export const deletionSentence = (error: { readonly tag: ErrorTag }): string =>
  error.tag === 'storage-full' ? t('chat.no-room-to-delete') : errorSentence(error);

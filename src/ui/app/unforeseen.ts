import { CoreCallError } from '../../rpc/core-call-error.ts';
import { t } from '../i18n/language.ts';
import type { NoticesStore } from '../stores/notices-store.ts';

/**
 * A call that failed in a way nobody foresaw: the person is told. Not of what was still asked when the account was locked:
 * the unlock screen stands there, and says why if nobody locked it.
 */
export const tellUnforeseen = (notices: Pick<NoticesStore, 'say'>, error: unknown): void => {
  if (error instanceof CoreCallError && error.reason === 'ended') return;
  notices.say(t('app.unexpected'), 'problem');
};

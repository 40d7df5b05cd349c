import { t } from '../i18n/language.ts';
import { useApp } from './app-context.ts';

/** Restarts into the release that is ready; says so if a draft keeps it from that. */
export const useRestart = (): (() => Promise<void>) => {
  const { updates, notices } = useApp();
  return async () => {
    if (!(await updates.restart())) notices.say(t('update.draft-unsaved'), 'problem');
  };
};

import type { Settings } from '../../../rpc/dto.ts';
import { useAccount, useApp } from '../../app/app-context.ts';
import { errorSentence } from '../../i18n/error-sentence.ts';

/** Changes what is named, and says so where it was not stored. */
export const useChangeSettings = (): ((change: Partial<Settings>) => Promise<void>) => {
  const { notices } = useApp();
  const { changeSettings } = useAccount();
  return async (change) => {
    const changed = await changeSettings(change);
    if (!changed.ok) notices.say(errorSentence(changed.error), 'problem');
  };
};

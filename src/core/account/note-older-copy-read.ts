import { ok, type Result } from '../../domain/result.ts';
import type { Me } from '../../rpc/dto.ts';
import { commitChange, type AccountContext, type NotStored } from '../context.ts';
import { OLDER_COPY, readSetting, writeSetting } from '../settings.ts';
import { readMe } from './read-me.ts';

/** What happened stays to be read in the settings; it only steps aside from the list. */
export const noteOlderCopyRead = async (context: AccountContext): Promise<Result<Me, NotStored>> => {
  const { settings } = context.rows;
  const saved = await commitChange(context, () => {
    const found = readSetting(settings, OLDER_COPY);
    if (found !== undefined) writeSetting(settings, OLDER_COPY, { ...found, isRead: true });
    context.changes.me();
  });
  return saved.ok ? ok(readMe(context)) : saved;
};

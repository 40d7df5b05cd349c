import type { Me } from '../../rpc/dto.ts';
import type { Repositories } from '../repositories.ts';
import { OLDER_COPY, readSetting, REFUSED_HANDLE } from '../settings.ts';

export const readMe = ({ rows }: { readonly rows: Pick<Repositories, 'ownAccount' | 'settings'> }): Me => {
  const own = rows.ownAccount.read();
  const refused = readSetting(rows.settings, REFUSED_HANDLE);
  const olderCopy = readSetting(rows.settings, OLDER_COPY);
  return {
    accountId: own?.accountId,
    name: own?.name ?? '',
    handle: own?.handle,
    ...(refused && { refusedHandle: refused.handle }),
    ...(olderCopy && { olderCopy }),
  };
};

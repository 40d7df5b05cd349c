import type { Me } from '../../rpc/dto.ts';
import type { Repositories } from '../repositories.ts';
import { OLDER_COPY, readSetting, REFUSED_HANDLE, RELAY_RESTORED } from '../settings.ts';

export const readMe = ({ rows }: { readonly rows: Pick<Repositories, 'ownAccount' | 'settings'> }): Me => {
  const own = rows.ownAccount.read();
  const refused = readSetting(rows.settings, REFUSED_HANDLE);
  const olderCopy = readSetting(rows.settings, OLDER_COPY);
  return {
    accountId: own?.accountId,
    name: own?.name ?? '',
    handle: own?.handle,
    ...(refused && { refusedHandle: refused.handle }),
    ...(olderCopy && {
      olderCopy: { ...olderCopy, ...(isOfRelay(rows, olderCopy) && { cause: 'relay-restored' as const }) },
    }),
  };
};

/** Whether what was found then was the relay's doing and no old copy. */
export const isOfRelay = (
  { settings }: Pick<Repositories, 'settings'>,
  { foundAtMs }: { readonly foundAtMs: number },
): boolean => readSetting(settings, RELAY_RESTORED)?.foundAtMs === foundAtMs;

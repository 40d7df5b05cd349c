/** A relay that was put back may have lost the claim of our handle, and may have given it to somebody else since. */
import type { Repositories } from '../repositories.ts';
import { HANDLE_CLAIM, readSetting, WISHED_HANDLE, writeSetting } from '../settings.ts';

type Rows = Pick<Repositories, 'ownAccount' | 'settings'>;

/** It is claimed once more with the next turn; where the relay still has it, that changes nothing. Within a transaction. */
export const wishForOwnHandle = (rows: Rows): void => {
  const handle = rows.ownAccount.read()?.handle;
  if (handle === undefined || readSetting(rows.settings, WISHED_HANDLE) !== undefined) return;
  writeSetting(rows.settings, WISHED_HANDLE, { handle });
};

/** It is somebody else's by now: nobody is told of it as ours any more. Within a transaction. */
export const loseOwnHandle = (rows: Rows, handle: string): void => {
  const own = rows.ownAccount.read();
  if (own?.handle !== handle) return;
  rows.ownAccount.save({ ...own, handle: undefined });
  rows.settings.remove(HANDLE_CLAIM.key);
};

import type { AccountSummary } from '../../../rpc/dto.ts';
import { t } from '../../i18n/language.ts';

/** What an account is called while it is locked: its name if its owner allowed that, else the start of its id. */
export const accountName = ({ label, vaultId }: AccountSummary): string =>
  label ?? t('lobby.unnamed', { id: vaultId.slice(0, 4).toUpperCase() });

/** The heading over the field for its password. */
export const unlockTitle = (label: string | undefined): string =>
  label === undefined ? t('unlock.title') : t('unlock.title-named', { name: label });

/** Whether a password or another window can still open it. */
export const canBeOpened = ({ state }: AccountSummary): boolean => state === 'locked' || state === 'open';

/** Not while its place is out of reach: its bytes would stay there. */
export const canBeRemoved = ({ state }: AccountSummary): boolean => state !== 'unreachable';

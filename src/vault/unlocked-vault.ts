import type { DerivationKey } from '../crypto/hkdf.ts';
import type { VaultId } from '../domain/ids.ts';
import type { HeaderCopies } from './header-copies.ts';
import type { HeaderBody } from './header-format.ts';
import { purgeVaultKeys, type VaultKeys } from './root-key.ts';
import type { SealedHeader } from './seal-header.ts';

export type UnlockedVault = {
  readonly vaultId: VaultId;
  /** The name on the unlock screen, if the person allowed one. */
  readonly label: string | undefined;
  /** The database keeps the highest one seen and gives it back as `minimumSequence`. */
  readonly headerSequence: number;
  /** Stands in what the keys seal, so that a later rotation can tell old from new. */
  readonly keyEpoch: number;
  readonly keys: VaultKeys;
  /**
   * Opens this vault in another worker of this browser session without the password (`resumeVault`). It cannot be read;
   * it may be posted to a worker, never stored: browsers write stored keys to disk in clear.
   */
  readonly resumeKey: DerivationKey;
  readonly headerCopies: HeaderCopies;
  /**
   * The header as it is to be once no page needs `keys.previousPage` any more (`finishPageKeyRotation`). Only where there
   * is such a key, and a password opened the vault.
   */
  readonly finished: SealedHeader | undefined;
  /** Zeroes the keys. */
  purge(): void;
};

export const toUnlockedVault = (
  body: HeaderBody,
  rest: Pick<UnlockedVault, 'keys' | 'resumeKey' | 'headerCopies' | 'finished'>,
): UnlockedVault => ({
  vaultId: body.vaultId,
  label: body.label,
  headerSequence: body.sequence,
  keyEpoch: body.keyEpoch,
  ...rest,
  purge() {
    purgeVaultKeys(rest.keys);
  },
});

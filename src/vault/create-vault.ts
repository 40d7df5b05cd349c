import { isAllowedIterationCount, stretchPassword, type StretchPassword } from '../crypto/pbkdf2.ts';
import { bytesToHex, type VaultId } from '../domain/ids.ts';
import { parseName, type NameError } from '../domain/names.ts';
import type { RandomBytes } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { HeaderStore } from './header-store.ts';
import { generateVaultKeys } from './root-key.ts';
import { makeHeader } from './seal-header.ts';
import { toUnlockedVault, type UnlockedVault } from './unlocked-vault.ts';

const FIRST_SEQUENCE = 1;
const FIRST_KEY_EPOCH = 1;
const VAULT_ID_BYTES = 16;

export type WriteVaultDeps = {
  readonly random: RandomBytes;
  readonly headerStore: HeaderStore;
  /** Calibrated on this device (src/crypto/pbkdf2.ts). */
  readonly kdfIterations: number;
  /** Tests put in a quick one; whatever it is, a header with fewer iterations than the floor is never written or read. */
  readonly stretchPassword?: StretchPassword;
};

export type CreateVaultError = NameError | { readonly tag: 'vault-exists' };

/**
 * Makes a vault with one password and random keys. Durable when it resolves.
 * @throws RangeError if `kdfIterations` is outside floor and ceiling; and what the store throws
 */
export const createVault = async (
  deps: WriteVaultDeps,
  options: {
    readonly password: string;
    readonly label?: string;
    /** Drawn by the caller where the place of the vault's files is named by it. */
    readonly vaultId?: VaultId;
  },
): Promise<Result<UnlockedVault, CreateVaultError>> => {
  const { random, headerStore, kdfIterations } = deps;
  const { password, label } = options;
  if (!isAllowedIterationCount(kdfIterations)) throw new RangeError('iteration count outside floor and ceiling');
  const name = label === undefined ? ok(undefined) : parseName(label);
  if (!name.ok) return name;
  if ((await headerStore.read(0)) ?? (await headerStore.read(1))) return err({ tag: 'vault-exists' });

  const vaultId = options.vaultId ?? (bytesToHex(random(VAULT_ID_BYTES)) as VaultId);
  const keys = generateVaultKeys(random);
  const slotDeps = { random, kdfIterations, stretchPassword: deps.stretchPassword ?? stretchPassword };
  const { body, bytes, rootHandle } = await makeHeader(slotDeps, password, {
    vaultId,
    keyEpoch: FIRST_KEY_EPOCH,
    sequence: FIRST_SEQUENCE,
    ...(name.value === undefined ? {} : { label: name.value }),
    keys,
  });
  await headerStore.write(0, bytes);
  await headerStore.write(1, bytes);
  return ok(toUnlockedVault(body, { keys, resumeKey: rootHandle, headerCopies: 'intact', finished: undefined }));
};

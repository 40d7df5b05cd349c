import { generateSignatureKeyPair, importSigningKey } from '../crypto/ecdsa-p384.ts';
import { sha256 } from '../crypto/hash.ts';
import { importDerivationKey } from '../crypto/hkdf.ts';
import { generateKey, purge, type RootKey } from '../crypto/keys.ts';
import { isAllowedIterationCount, stretchPassword, type StretchPassword } from '../crypto/pbkdf2.ts';
import { bytesToHex, type VaultId } from '../domain/ids.ts';
import { parseName, type NameError } from '../domain/names.ts';
import type { RandomBytes } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { encodeHeader } from './header-format.ts';
import type { HeaderStore } from './header-store.ts';
import { generateVaultKeys, wrapHeaderKey, wrapVaultKeys } from './root-key.ts';
import { createPasswordSlot, sealRootToSlot } from './slot.ts';
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
  const root = generateKey<RootKey>(random);
  const rootHandle = await importDerivationKey(root);
  const headerPair = generateSignatureKeyPair(random);
  const place = { vaultId, keyEpoch: FIRST_KEY_EPOCH };
  const wrappedHeaderKey = await wrapHeaderKey(random, rootHandle, place, headerPair);
  const headerKey = await importSigningKey(headerPair);
  purge(headerPair.secretKey);
  const keys = generateVaultKeys(random);

  const slotDeps = { random, kdfIterations, stretchPassword: deps.stretchPassword ?? stretchPassword };
  const identity = await createPasswordSlot(slotDeps, password, vaultId, await sha256(headerPair.publicKey));
  const slot = await sealRootToSlot(random, root, vaultId, FIRST_SEQUENCE, identity);
  purge(root);
  if (!slot.ok) throw new Error('a key pair of our own making is not valid');

  const body = {
    ...place,
    sequence: FIRST_SEQUENCE,
    ...(name.value === undefined ? {} : { label: name.value }),
    headerPublicKey: headerPair.publicKey,
    wrappedHeaderKey,
    ...(await wrapVaultKeys(random, rootHandle, place, keys)),
    slots: [slot.value],
  };
  const bytes = await encodeHeader(body, headerKey);
  await headerStore.write(0, bytes);
  await headerStore.write(1, bytes);
  return ok(toUnlockedVault(body, keys, rootHandle, 'intact'));
};

/** A new account: vault, database and keys, all on this device. Works offline; the relay is told later. */
import { bytesToHex, type VaultId } from '../../domain/ids.ts';
import { parseHandle } from '../../domain/handles.ts';
import { LIMITS } from '../../domain/limits.ts';
import { parseName } from '../../domain/names.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { deriveRecoveryKey, RECOVERY_ENTROPY_BYTES } from '../../account/recovery-key.ts';
import { importWrappingKey } from '../../crypto/wrapped-signing-key.ts';
import type { CreateAccountError } from '../../rpc/core-api.ts';
import type { Database } from '../../storage/database.ts';
import { createDatabase } from '../../storage/open-database.ts';
import { createVault } from '../../vault/create-vault.ts';
import type { UnlockedVault } from '../../vault/unlocked-vault.ts';
import type { CoreDeps, VaultPlace } from '../deps.ts';
import { createRepositories } from '../repositories.ts';
import { RECOVERY_ENTROPY, WISHED_HANDLE, writeSetting } from '../settings.ts';
import { createOwnKey, keepOwnKey } from './device-keys.ts';
import { createHeldHeaderStore, HeaderNotStored, toVaultHeaderStore } from './header-store.ts';
import { kdfIterations } from './kdf-iterations.ts';
import { openAccount, type OpenAccount } from './open-account.ts';

export type NewAccount = {
  readonly name: string;
  readonly password: string;
  readonly handle: string | undefined;
  readonly showNameWhenLocked: boolean;
};

type Checked = { readonly name: string; readonly handle: string | undefined };

export const createAccount = async (
  deps: CoreDeps,
  input: NewAccount,
): Promise<Result<OpenAccount, CreateAccountError>> => {
  const checked = check(input);
  if (!checked.ok) return checked;
  const vaultId = bytesToHex(deps.random(16)) as VaultId;
  const place = await deps.vaults.create(vaultId);
  if (place === undefined) return err({ tag: 'storage-unavailable' });
  const releaseLock = await deps.leaderLock.acquire(vaultId);
  if (releaseLock === undefined) throw new Error('a lock of a vault that nobody else can know is taken');
  const giveUp = () => deps.vaults.remove(vaultId).finally(releaseLock);
  const made = await make(deps, { vaultId, place, input, checked: checked.value }).catch(async (bug: unknown) => {
    await giveUp();
    throw bug;
  });
  if (made.ok) return ok(await openAccount(deps, { ...made.value, place, releaseLock }));
  await giveUp();
  return made;
};

const check = (input: NewAccount): Result<Checked, CreateAccountError> => {
  const name = parseName(input.name);
  if (!name.ok) return name;
  if ([...input.password].length < LIMITS.passwordLength) return err({ tag: 'password-too-short' });
  if (input.handle === undefined || input.handle.trim() === '') return ok({ name: name.value, handle: undefined });
  const handle = parseHandle(input.handle);
  return handle.ok ? ok({ name: name.value, handle: handle.value }) : handle;
};

/** The header goes out last: once it stands, everything behind it does. */
const make = async (
  deps: CoreDeps,
  parts: {
    readonly vaultId: VaultId;
    readonly place: VaultPlace;
    readonly input: NewAccount;
    readonly checked: Checked;
  },
): Promise<Result<{ readonly vault: UnlockedVault; readonly db: Database }, CreateAccountError>> => {
  const { vaultId, place, input, checked } = parts;
  const headerStore = createHeldHeaderStore(toVaultHeaderStore(place.headerStore));
  const vault = await createVault(
    { ...deps, headerStore, kdfIterations: await kdfIterations(deps) },
    { password: input.password, vaultId, ...(input.showNameWhenLocked && { label: checked.name }) },
  );
  if (!vault.ok) throw new Error(`a vault of a fresh place was not made: ${vault.error.tag}`);
  const { keys, keyEpoch, headerSequence } = vault.value;
  const db = await createDatabase(
    { layer: place.files, createCipher: deps.createPageCipher, random: deps.random, engine: await deps.loadSqlite() },
    { vaultId, pageKey: keys.page, keyEpoch },
  );
  if (!db.ok) return err({ tag: db.error.tag === 'full' ? 'storage-full' : 'storage-unavailable' });
  let isWritten = false;
  try {
    const isFilled = await fill(deps, { ...checked, vault: vault.value, db: db.value, headerSequence });
    isWritten = isFilled && (await writeHeader(headerStore));
  } finally {
    if (!isWritten) {
      db.value.close();
      vault.value.purge();
    }
  }
  return isWritten ? ok({ vault: vault.value, db: db.value }) : err({ tag: 'storage-full' });
};

/** Keys of this device, and the words' secret until they were shown: wrapped or sealed, never in clear. */
const fill = async (
  { random, clock }: CoreDeps,
  parts: Checked & { readonly vault: UnlockedVault; readonly db: Database; readonly headerSequence: number },
): Promise<boolean> => {
  const { vault, db, name, handle, headerSequence } = parts;
  const rows = createRepositories(db);
  const nowMs = clock();
  const wrapping = { random, wrappingKey: await importWrappingKey(vault.keys.device), vaultId: vault.vaultId };
  const entropy = random(RECOVERY_ENTROPY_BYTES);
  const signature = await createOwnKey(wrapping, 'signature', nowMs);
  const mailbox = await createOwnKey(wrapping, 'mailbox', nowMs);
  const recovery = await keepOwnKey(wrapping, 'recovery', await deriveRecoveryKey(entropy), nowMs);
  const filled = db.transaction(() => {
    rows.ownAccount.save({
      name,
      accountId: undefined,
      deviceIndex: undefined,
      handle: undefined,
      handleCounter: 0,
      chain: undefined,
      chainHead: undefined,
      relayId: undefined,
    });
    rows.deviceKeys.save('signature', signature.row);
    rows.deviceKeys.save('mailbox', mailbox.row);
    rows.deviceKeys.save('recovery', recovery.row);
    rows.counters.saveVaultHeaderSequence(headerSequence);
    writeSetting(rows.settings, RECOVERY_ENTROPY, entropy);
    if (handle !== undefined) writeSetting(rows.settings, WISHED_HANDLE, { handle });
  });
  return filled.ok && (await db.settle()).ok;
};

const writeHeader = async (store: { flush(): Promise<void> }): Promise<boolean> => {
  try {
    await store.flush();
    return true;
  } catch (error) {
    if (error instanceof HeaderNotStored) return false;
    throw error;
  }
};

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
  const account = await makeAndOpen(deps, { vaultId, place, input, checked: checked.value, releaseLock }).catch(
    async (bug: unknown) => {
      await forget(deps, vaultId, releaseLock);
      throw bug;
    },
  );
  if (!account.ok) await forget(deps, vaultId, releaseLock);
  return account;
};

/** What cannot be removed now is listed as damaged, and can be removed there. It must not hide why there is no account. */
const forget = async (deps: CoreDeps, vaultId: VaultId, releaseLock: () => void): Promise<void> => {
  await deps.vaults.remove(vaultId).catch(() => undefined);
  releaseLock();
};

const makeAndOpen = async (
  deps: CoreDeps,
  parts: NewVault & { readonly releaseLock: () => void },
): Promise<Result<OpenAccount, CreateAccountError>> => {
  const { place, releaseLock } = parts;
  const made = await make(deps, parts);
  if (!made.ok) return made;
  try {
    return ok(await openAccount(deps, { ...made.value, place, releaseLock }));
  } catch (bug) {
    made.value.db.close();
    made.value.vault.purge();
    throw bug;
  }
};

const check = (input: NewAccount): Result<Checked, CreateAccountError> => {
  const name = parseName(input.name);
  if (!name.ok) return name;
  if ([...input.password].length < LIMITS.passwordLength) return err({ tag: 'password-too-short' });
  if (input.handle === undefined || input.handle.trim() === '') return ok({ name: name.value, handle: undefined });
  const handle = parseHandle(input.handle);
  return handle.ok ? ok({ name: name.value, handle: handle.value }) : handle;
};

type NewVault = {
  readonly vaultId: VaultId;
  readonly place: VaultPlace;
  readonly input: NewAccount;
  readonly checked: Checked;
};
type Made = { readonly vault: UnlockedVault; readonly db: Database };

/** The header goes out last: once it stands, everything behind it does. */
const make = async (deps: CoreDeps, parts: NewVault): Promise<Result<Made, CreateAccountError>> => {
  const { vaultId, place, input, checked } = parts;
  const headerStore = createHeldHeaderStore(toVaultHeaderStore(place.headerStore));
  const created = await createVault(
    { ...deps, headerStore, kdfIterations: await kdfIterations(deps) },
    { password: input.password, vaultId, ...(input.showNameWhenLocked && { label: checked.name }) },
  );
  if (!created.ok) throw new Error(`a vault of a fresh place was not made: ${created.error.tag}`);
  const vault = created.value;
  let db: Database | undefined;
  let isWhole = false;
  try {
    const { keys, keyEpoch, headerSequence } = vault;
    const opened = await createDatabase(
      { layer: place.files, createCipher: deps.createPageCipher, random: deps.random, engine: await deps.loadSqlite() },
      { vaultId, pageKey: keys.page, keyEpoch },
    );
    if (!opened.ok) return err({ tag: opened.error.tag === 'full' ? 'storage-full' : 'storage-unavailable' });
    db = opened.value;
    const isFilled = await fill(deps, { ...checked, vault, db, headerSequence });
    isWhole = isFilled && (await writeHeader(headerStore));
    return isWhole ? ok({ vault, db }) : err({ tag: 'storage-full' });
  } finally {
    if (!isWhole) {
      db?.close();
      vault.purge();
    }
  }
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

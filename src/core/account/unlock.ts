import { importWrappingKey, type WrappingKey } from '../../crypto/wrapped-signing-key.ts';
import type { VaultId } from '../../domain/ids.ts';
import type { DerivationKey } from '../../crypto/hkdf.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { UnlockError } from '../../rpc/core-api.ts';
import type { Database } from '../../storage/database.ts';
import { openAhead, type OpenedAhead } from '../../storage/open-ahead.ts';
import { openDatabase, type DatabaseOptions } from '../../storage/open-database.ts';
import type { OpenFailure } from '../../storage/open-failure.ts';
import { createPatientLayer } from '../../storage/patient-layer.ts';
import type { HeaderStore } from '../../vault/header-store.ts';
import type { OpenHeaderError } from '../../vault/open-header.ts';
import { resumeVault, unlockVault } from '../../vault/unlock-vault.ts';
import type { UnlockedVault } from '../../vault/unlocked-vault.ts';
import type { CoreDeps, VaultPlace } from '../deps.ts';
import { createRepositories } from '../repositories.ts';
import { readCopies, toVaultHeaderStore } from './header-store.ts';
import { findKnown } from './list-accounts.ts';
import { openAccount, type OpenAccount } from './open-account.ts';

export const unlock = async (
  deps: CoreDeps,
  { vaultId, password }: { readonly vaultId: VaultId; readonly password: string },
): Promise<Result<OpenAccount, UnlockError>> => {
  const place = await deps.vaults.place(vaultId);
  if (place === undefined) return err(await missing(deps, vaultId));
  const releaseLock = await deps.leaderLock.acquire(vaultId);
  if (releaseLock === undefined) return err({ tag: 'open-elsewhere' });
  return openPlace(deps, { vaultId, place, releaseLock }, async (headerStore) => {
    const vault = await unlockVault({ ...deps, headerStore }, { password });
    return vault.ok ? vault : err(toUnlockError(vault.error));
  });
};

/** Opens an account for whoever holds its lock already, with what the core that had the password gave away for this. */
export const resume = async (
  deps: CoreDeps,
  input: { readonly vaultId: VaultId; readonly resumeKey: DerivationKey; readonly releaseLock: () => void },
): Promise<Result<OpenAccount, UnlockError>> => {
  const { vaultId, resumeKey, releaseLock } = input;
  let place: VaultPlace | undefined;
  try {
    place = await deps.vaults.place(vaultId);
  } finally {
    if (place === undefined) releaseLock();
  }
  if (place === undefined) return err(await missing(deps, vaultId));
  return openPlace(deps, { vaultId, place, releaseLock }, async (headerStore) => {
    const vault = await resumeVault({ headerStore }, { resumeKey });
    if (vault.ok) return vault;
    return err(vault.error.tag === 'stale-resume-key' ? { tag: 'wrong-password' } : toUnlockError(vault.error));
  });
};

type OpenKeys = (headerStore: HeaderStore) => Promise<Result<UnlockedVault, UnlockError>>;

const openPlace = async (
  deps: CoreDeps,
  at: { readonly vaultId: VaultId; readonly place: VaultPlace; readonly releaseLock: () => void },
  openKeys: OpenKeys,
): Promise<Result<OpenAccount, UnlockError>> => {
  const { vaultId, place, releaseLock } = at;
  // Opening may write (a newer schema, which header was seen), and only who is let in can make room.
  const endLift = place.spare?.lift();
  let ahead: OpenedAhead | undefined;
  let account: OpenAccount | undefined;
  try {
    // The header alone first: stretching begins with it. The files are opened meanwhile, and nobody waits for them.
    const headerStore = await readCopies(place.headerStore);
    ahead = openAhead(createPatientLayer(place.files, deps.setTimer));
    const opened = await openVault(deps, { ...place, headerStore, files: ahead.layer }, vaultId, openKeys);
    // Another window may have removed it since the list was made.
    if (!opened.ok) return opened.error.tag === 'header-missing' ? err(await missing(deps, vaultId)) : opened;
    account = await openAccount(deps, { ...opened.value, place, releaseLock });
    return ok(account);
  } finally {
    // Also after a throw (an engine that did not load): the next try must not meet itself.
    await ahead?.release();
    endLift?.();
    if (account === undefined) releaseLock();
  }
};

const missing = async (deps: CoreDeps, vaultId: VaultId): Promise<UnlockError> => {
  const known = await findKnown(deps, vaultId);
  if (known === undefined) return { tag: 'account-unknown' };
  return { tag: known.isReachable ? 'header-missing' : 'storage-unavailable' };
};

type OpenedVault = { readonly vault: UnlockedVault; readonly wrappingKey: WrappingKey; readonly db: Database };

const openVault = async (
  deps: CoreDeps,
  place: VaultPlace,
  vaultId: VaultId,
  openKeys: OpenKeys,
): Promise<Result<OpenedVault, UnlockError>> => {
  const headerStore = toVaultHeaderStore(place.headerStore);
  const [vault, engine] = await Promise.all([openKeys(headerStore), deps.loadSqlite()]);
  if (!vault.ok) return vault;
  const wrappingKey = importWrappingKey(vault.value.keys.device); // on another thread, while the database is opened
  const db = await openDatabase(
    { layer: place.files, createCipher: deps.createPageCipher, random: deps.random, engine },
    { vaultId, ...pageKeysOf(vault.value) },
  );
  if (!db.ok) {
    vault.value.purge();
    return err(fromOpenFailure(db.error));
  }
  const refusal = noteHeader(db.value, vault.value.headerSequence);
  if (refusal === undefined) return ok({ vault: vault.value, wrappingKey: await wrappingKey, db: db.value });
  db.value.close();
  vault.value.purge();
  return err(refusal);
};

/** Both keys, while pages are moved from one to the other. */
const pageKeysOf = ({
  keyEpoch,
  keys,
}: UnlockedVault): Pick<DatabaseOptions, 'keyEpoch' | 'pageKey' | 'previousPageKey'> => ({
  keyEpoch,
  pageKey: keys.page,
  previousPageKey: keys.previousPage,
});

/** Only the database knows which header is the newest: an older one is an old lock put back. */
const noteHeader = (db: Database, sequence: number): UnlockError | undefined => {
  const { counters } = createRepositories(db);
  const seen = db.read(() => counters.vaultHeaderSequence());
  if (!seen.ok) return fromOpenFailure(seen.error);
  if (seen.value > sequence) return { tag: 'older-header' };
  if (seen.value === sequence) return undefined;
  const noted = db.transaction(() => counters.saveVaultHeaderSequence(sequence));
  // Without room it is left to the next opening: a full disk must not lock anybody out of reading and deleting.
  return noted.ok || noted.error.tag === 'full' ? undefined : fromOpenFailure(noted.error);
};

const toUnlockError = ({ tag }: OpenHeaderError): UnlockError => {
  switch (tag) {
    case 'newer-format':
    case 'no-password-slot':
      return { tag: 'newer-version' };
    default:
      return { tag };
  }
};

const fromOpenFailure = ({ tag }: OpenFailure): UnlockError => {
  switch (tag) {
    case 'missing':
    case 'unfinished':
      return { tag: 'database-missing' };
    case 'wrong-key':
    case 'wrong-vault':
    case 'damaged':
      return { tag: 'database-damaged' };
    case 'newer-format':
      return { tag: 'newer-version' };
    case 'taken':
      return { tag: 'storage-taken' };
    case 'full':
      return { tag: 'storage-full' };
    default:
      return { tag: 'storage-unavailable' };
  }
};

import type { DerivationKey } from '../crypto/hkdf.ts';
import { purge } from '../crypto/keys.ts';
import { stretchPassword, type StretchPassword } from '../crypto/pbkdf2.ts';
import type { RandomBytes } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { repairCopies, type HeaderReadError, type ReadHeader } from './header-copies.ts';
import { HEADER_FORMAT_VERSION } from './header-format.ts';
import type { HeaderStore } from './header-store.ts';
import { openHeader, readCurrentHeader, type OpenHeaderError } from './open-header.ts';
import { unwrapHeaderKey, unwrapVaultKeys } from './root-key.ts';
import { sealWithoutPreviousKey, type SealedHeader } from './seal-header.ts';
import { toUnlockedVault, type UnlockedVault } from './unlocked-vault.ts';

export type UnlockVaultDeps = {
  readonly random: RandomBytes;
  readonly headerStore: HeaderStore;
  /** Tests put in a quick one. */
  readonly stretchPassword?: StretchPassword;
};

/** `minimumSequence`: the highest header sequence that the database has seen; 0, if left out, accepts any. */
export const unlockVault = async (
  deps: UnlockVaultDeps,
  { password, minimumSequence = 0 }: { readonly password: string; readonly minimumSequence?: number },
): Promise<Result<UnlockedVault, OpenHeaderError>> => {
  const openDeps = { headerStore: deps.headerStore, stretchPassword: deps.stretchPassword ?? stretchPassword };
  const opened = await openHeader(openDeps, password, minimumSequence);
  if (!opened.ok) return opened;
  const { read, root, rootHandle } = opened.value;
  const finished = await sealWithoutPreviousKey(deps.random, opened.value, read.header.body);
  purge(root);
  if (!finished.ok) return finished;
  // What a later version wrote is not rewritten here.
  const isOurs = read.header.format <= HEADER_FORMAT_VERSION;
  return unlockWithRoot(deps.headerStore, read, rootHandle, isOurs ? finished.value : undefined);
};

export type ResumeVaultError =
  | HeaderReadError
  | { readonly tag: 'older-header' }
  /** R was replaced since, or this is not the header of that vault: ask for the password. */
  | { readonly tag: 'stale-resume-key' };

/** Unlocks in another worker with the `resumeKey` of the one that had the password. */
export const resumeVault = async (
  { headerStore }: { readonly headerStore: HeaderStore },
  { resumeKey, minimumSequence = 0 }: { readonly resumeKey: DerivationKey; readonly minimumSequence?: number },
): Promise<Result<UnlockedVault, ResumeVaultError>> => {
  const read = await readCurrentHeader(headerStore, minimumSequence);
  if (!read.ok) return read;
  if (!(await unwrapHeaderKey(resumeKey, read.value.header.body))) return err({ tag: 'stale-resume-key' });
  return unlockWithRoot(headerStore, read.value, resumeKey);
};

/** The header key is proved by now, and it has signed the wraps: one that does not open was never ours. */
const unlockWithRoot = async (
  store: HeaderStore,
  read: ReadHeader,
  root: DerivationKey,
  finished?: SealedHeader,
): Promise<Result<UnlockedVault, { readonly tag: 'header-forged' }>> => {
  const { body } = read.header;
  const keys = await unwrapVaultKeys(root, body);
  if (!keys) return err({ tag: 'header-forged' });
  const headerCopies = await repairCopies(store, read);
  return ok(toUnlockedVault(body, { keys, resumeKey: root, headerCopies, finished }));
};

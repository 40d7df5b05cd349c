import { LIMITS } from '../../domain/limits.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { ChangePasswordError } from '../../rpc/core-api.ts';
import { changePassword as changeVaultPassword } from '../../vault/change-vault.ts';
import { unlockVault } from '../../vault/unlock-vault.ts';
import { commitChange } from '../context.ts';
import { HeaderNotStored, toVaultHeaderStore } from './header-store.ts';
import { kdfIterations } from './kdf-iterations.ts';
import type { OpenAccount } from './open-account.ts';

/** Rewrites the password's slot; keys and data stay, so a copy taken earlier still opens with the old password. */
export const changePassword = async (
  opened: OpenAccount,
  { current, next }: { readonly current: string; readonly next: string },
): Promise<Result<void, ChangePasswordError>> => {
  if ([...next].length < LIMITS.passwordLength) return err({ tag: 'password-too-short' });
  const { context, place } = opened;
  const { deps, rows } = context;
  const minimumSequence = rows.counters.vaultHeaderSequence();
  try {
    const changed = await changeVaultPassword(
      { ...deps, headerStore: toVaultHeaderStore(place.headerStore), kdfIterations: await kdfIterations(deps) },
      { currentPassword: current, newPassword: next, minimumSequence },
    );
    if (!changed.ok) {
      if (changed.error.tag === 'wrong-password') return isChangedAlready(opened, next);
      throw new Error(`the header of an open vault does not open: ${changed.error.tag}`);
    }
    const { headerSequence } = changed.value;
    const noted = await commitChange(context, () => rows.counters.saveVaultHeaderSequence(headerSequence));
    return noted.ok ? ok(undefined) : noted;
  } catch (error) {
    if (error instanceof HeaderNotStored) return err({ tag: 'storage-full' });
    throw error;
  }
};

/** A core that ended before it could answer has changed it: asked again, what was the next password is the current one. */
const isChangedAlready = async (
  { context, place }: OpenAccount,
  next: string,
): Promise<Result<void, ChangePasswordError>> => {
  const { deps, rows } = context;
  const vault = await unlockVault(
    { ...deps, headerStore: toVaultHeaderStore(place.headerStore) },
    { password: next, minimumSequence: rows.counters.vaultHeaderSequence() },
  );
  if (!vault.ok) return err({ tag: 'wrong-password' });
  vault.value.purge();
  const { headerSequence } = vault.value;
  const noted = await commitChange(context, () => rows.counters.saveVaultHeaderSequence(headerSequence));
  return noted.ok ? ok(undefined) : noted;
};

import { LIMITS } from '../../domain/limits.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { ChangePasswordError } from '../../rpc/core-api.ts';
import { changePassword as changeVaultPassword } from '../../vault/change-vault.ts';
import { unlockVault } from '../../vault/unlock-vault.ts';
import type { UnlockedVault } from '../../vault/unlocked-vault.ts';
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
  // The header is changed in place: that its sequence can be noted must not depend on room.
  return opened.headerTurns.run(async () => {
    const endLift = opened.place.spare?.lift();
    try {
      return await change(opened, current, next);
    } finally {
      endLift?.();
    }
  });
};

const change = async (
  opened: OpenAccount,
  current: string,
  next: string,
): Promise<Result<void, ChangePasswordError>> => {
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
    await noteIfPossible(opened, changed.value);
    return ok(undefined);
  } catch (error) {
    if (error instanceof HeaderNotStored) return err({ tag: 'storage-full' });
    throw error;
  }
};

/** A core that ended before it could answer has changed it: asked again, what was the next password is the current one. */
const isChangedAlready = async (opened: OpenAccount, next: string): Promise<Result<void, ChangePasswordError>> => {
  const { context, place } = opened;
  const { deps, rows } = context;
  const vault = await unlockVault(
    { ...deps, headerStore: toVaultHeaderStore(place.headerStore) },
    { password: next, minimumSequence: rows.counters.vaultHeaderSequence() },
  );
  if (!vault.ok) return err({ tag: 'wrong-password' });
  vault.value.purge();
  await noteIfPossible(opened, vault.value);
  return ok(undefined);
};

/**
 * The header stands: the old password opens nothing any more, and an answer that denies it would lock its owner out. What
 * could not be noted is noted by the next opening.
 */
const noteIfPossible = async (
  { context, keyRotation }: OpenAccount,
  header: Pick<UnlockedVault, 'headerSequence' | 'finished'>,
): Promise<void> => {
  keyRotation.noteHeader(header);
  await commitChange(context, () => context.rows.counters.saveVaultHeaderSequence(header.headerSequence));
};

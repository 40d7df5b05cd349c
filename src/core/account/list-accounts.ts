import { err, type Result } from '../../domain/result.ts';
import type { VaultId } from '../../domain/ids.ts';
import type { AccountSummary } from '../../rpc/dto.ts';
import { readVaultSummary } from '../../vault/vault-summary.ts';
import type { CoreDeps, VaultPresence } from '../deps.ts';
import { toVaultHeaderStore } from './header-store.ts';

/** The unlock screen's list, in the order of creation. */
export const listAccounts = async (deps: CoreDeps): Promise<readonly AccountSummary[]> =>
  Promise.all((await deps.vaults.list()).map((presence) => summarise(deps, presence)));

const summarise = async (deps: CoreDeps, presence: VaultPresence): Promise<AccountSummary> => {
  const { vaultId, isReachable, hasHeader, hasDatabase } = presence;
  if (!isReachable) return { vaultId, label: undefined, state: 'unreachable' };
  if (!hasHeader) return { vaultId, label: undefined, state: hasDatabase ? 'header-missing' : 'evicted' };
  const place = await deps.vaults.place(vaultId);
  const header = place && (await readVaultSummary(toVaultHeaderStore(place.headerStore)));
  const label = header?.ok ? header.value.label : undefined;
  if (await deps.leaderLock.isHeld(vaultId)) return { vaultId, label, state: 'open' };
  if (!hasDatabase) return { vaultId, label, state: 'data-missing' };
  return {
    vaultId,
    label,
    state: header?.ok === false && header.error.tag === 'header-damaged' ? 'damaged' : 'locked',
  };
};

/** As of now: another window may have removed it since a list was made. */
export const findKnown = async (deps: CoreDeps, vaultId: VaultId): Promise<VaultPresence | undefined> =>
  (await deps.vaults.list()).find((vault) => vault.vaultId === vaultId);

/** Deletes every stored byte. There is no way back. */
export const removeAccount = async (
  deps: CoreDeps,
  { vaultId }: { readonly vaultId: VaultId },
): Promise<Result<void, { readonly tag: 'open-elsewhere' | 'account-unknown' | 'storage-unavailable' }>> => {
  const known = await findKnown(deps, vaultId);
  if (known === undefined) return err({ tag: 'account-unknown' });
  // Its bytes would stay where they are, and only the memory of them go.
  if (!known.isReachable) return err({ tag: 'storage-unavailable' });
  const releaseLock = await deps.leaderLock.acquire(vaultId);
  if (releaseLock === undefined) return err({ tag: 'open-elsewhere' });
  try {
    await deps.vaults.remove(vaultId);
  } finally {
    releaseLock();
  }
  return { ok: true, value: undefined };
};

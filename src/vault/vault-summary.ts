import type { VaultId } from '../domain/ids.ts';
import { cutName } from '../domain/names.ts';
import { ok, type Result } from '../domain/result.ts';
import { readHeader, type HeaderReadError } from './header-copies.ts';
import type { HeaderStore } from './header-store.ts';

/** What the unlock screen may show. Not proved genuine before unlocking: shown, never acted on. */
export type VaultSummary = {
  readonly vaultId: VaultId;
  readonly label: string | undefined;
  readonly headerSequence: number;
};

export const readVaultSummary = async (headerStore: HeaderStore): Promise<Result<VaultSummary, HeaderReadError>> => {
  const read = await readHeader(headerStore);
  if (!read.ok) return read;
  const { vaultId, label, sequence } = read.value.header.body;
  return ok({ vaultId, label: label === undefined ? undefined : cutName(label), headerSequence: sequence });
};

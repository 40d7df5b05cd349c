import { generateKey, purge, type PageKey } from '../crypto/keys.ts';
import { isAllowedIterationCount, stretchPassword } from '../crypto/pbkdf2.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { ChangedHeader } from './change-vault.ts';
import type { WriteVaultDeps } from './create-vault.ts';
import { readHeader, replaceHeader, type HeaderReadError } from './header-copies.ts';
import { HEADER_FORMAT_VERSION, type HeaderBody } from './header-format.ts';
import type { HeaderStore } from './header-store.ts';
import { openHeader, type OpenHeaderError } from './open-header.ts';
import { unwrapVaultKeys, type VaultKeys } from './root-key.ts';
import { makeHeader, type SealedHeader } from './seal-header.ts';
import { toUnlockedVault, type UnlockedVault } from './unlocked-vault.ts';

/**
 * A new page key under a new R, with a new header key and a new slot for the same password: whoever has an older copy of
 * the header, and the password of that time, opens nothing of the new one with what he finds there. The page key before
 * stays in the header until `finishPageKeyRotation`. Once this resolves, pages may be sealed under the new key, if the
 * header stands in both copies.
 *
 * @param options.isPreviousNeeded a page may be left that needs the key before the present one
 * @throws RangeError if `kdfIterations` is outside floor and ceiling; and what the store throws: nothing has changed then
 */
export const beginPageKeyRotation = async (
  deps: WriteVaultDeps,
  options: { readonly password: string; readonly minimumSequence?: number; readonly isPreviousNeeded: boolean },
): Promise<Result<UnlockedVault, OpenHeaderError>> => {
  const { random, headerStore, kdfIterations } = deps;
  if (!isAllowedIterationCount(kdfIterations)) throw new RangeError('iteration count outside floor and ceiling');
  const slotDeps = { ...deps, stretchPassword: deps.stretchPassword ?? stretchPassword };
  const opened = await openHeader(slotDeps, options.password, options.minimumSequence ?? 0);
  if (!opened.ok) return opened;
  const { read, root, rootHandle } = opened.value;
  purge(root);
  const { format, body } = read.header;
  if (!isAllOurs(format, body)) return err({ tag: 'newer-format', minReader: format });
  if (body.wrappedPreviousPageKey !== undefined && options.isPreviousNeeded) {
    throw new Error('a rotation is begun only when the one before is over');
  }
  const present = await unwrapVaultKeys(rootHandle, body);
  if (present === undefined) return err({ tag: 'header-forged' });

  const keys: VaultKeys = { ...present, page: generateKey<PageKey>(random), previousPage: present.page };
  if (present.previousPage !== undefined) purge(present.previousPage);
  const made = await makeHeader(slotDeps, options.password, {
    vaultId: body.vaultId,
    keyEpoch: body.keyEpoch + 1,
    sequence: body.sequence + 1,
    ...(body.label === undefined ? {} : { label: body.label }),
    keys,
  });
  const headerCopies = await replaceHeader(headerStore, read, made.bytes);
  return ok(toUnlockedVault(made.body, { keys, resumeKey: made.rootHandle, headerCopies, finished: made.finished }));
};

/** Another slot, and what a later version keeps in the extensions, may hang on the R and the header key of now. */
const isAllOurs = (format: number, { slots, extensions }: HeaderBody): boolean =>
  format <= HEADER_FORMAT_VERSION && slots.length === 1 && extensions === undefined;

/**
 * Forgets the page key before: to be called once every page is durable under the present one. `header-changed`: it was
 * rewritten since `finished` was made, and the next unlocking finishes it.
 *
 * @throws what the store throws: nothing has changed then
 */
export const finishPageKeyRotation = async (
  headerStore: HeaderStore,
  finished: SealedHeader,
): Promise<Result<Omit<ChangedHeader, 'finished'>, HeaderReadError | { readonly tag: 'header-changed' }>> => {
  const read = await readHeader(headerStore);
  if (!read.ok) return read;
  const { vaultId, sequence } = read.value.header.body;
  const isNext = vaultId === finished.body.vaultId && sequence + 1 === finished.body.sequence;
  if (!isNext) return err({ tag: 'header-changed' });
  const headerCopies = await replaceHeader(headerStore, read.value, finished.bytes);
  return ok({ headerSequence: finished.body.sequence, headerCopies });
};

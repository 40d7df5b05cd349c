import { sha256 } from '../crypto/hash.ts';
import { purge } from '../crypto/keys.ts';
import { isAllowedIterationCount, stretchPassword } from '../crypto/pbkdf2.ts';
import { parseName, type NameError } from '../domain/names.ts';
import type { RandomBytes } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { WriteVaultDeps } from './create-vault.ts';
import { replaceHeader } from './header-copies.ts';
import { HEADER_FORMAT_VERSION, type HeaderBody } from './header-format.ts';
import type { HeaderStore } from './header-store.ts';
import { openHeader, type OpenHeader, type OpenHeaderError } from './open-header.ts';
import { sealHeader, sealWithoutPreviousKey } from './seal-header.ts';
import { createPasswordSlot, type SlotIdentity } from './slot.ts';
import type { UnlockedVault } from './unlocked-vault.ts';

/** The database notes the sequence; until then an older header would be accepted. */
export type ChangedHeader = Pick<UnlockedVault, 'headerSequence' | 'headerCopies' | 'finished'>;

/**
 * Replaces the slot that `currentPassword` opens by one for `newPassword`, with a key pair of its own. R and the keys
 * under it stay, so a copy of the files taken earlier still opens with the old password: the screen says so.
 * @throws RangeError if `kdfIterations` is outside floor and ceiling; and what the store throws: nothing has changed then
 */
export const changePassword = async (
  deps: WriteVaultDeps,
  options: { readonly currentPassword: string; readonly newPassword: string; readonly minimumSequence?: number },
): Promise<Result<ChangedHeader, OpenHeaderError>> => {
  if (!isAllowedIterationCount(deps.kdfIterations)) throw new RangeError('iteration count outside floor and ceiling');
  const slotDeps = { ...deps, stretchPassword: deps.stretchPassword ?? stretchPassword };
  const opened = await openHeader(slotDeps, options.currentPassword, options.minimumSequence ?? 0);
  if (!opened.ok) return opened;
  const { body } = opened.value.read.header;
  const headerKeyHash = await sha256(body.headerPublicKey);
  const newSlot = await createPasswordSlot(slotDeps, options.newPassword, body.vaultId, headerKeyHash);
  const slots = body.slots.map((slot) => (slot === opened.value.slot ? newSlot : slot));
  return rewriteHeader(deps, opened.value, body, slots);
};

/** Sets the name on the unlock screen, or takes it away. It stands in clear in the header. */
export const changeVaultLabel = async (
  deps: WriteVaultDeps,
  options: { readonly password: string; readonly label: string | undefined; readonly minimumSequence?: number },
): Promise<Result<ChangedHeader, OpenHeaderError | NameError>> => {
  const name = options.label === undefined ? ok(undefined) : parseName(options.label);
  if (!name.ok) return name;
  const openDeps = { ...deps, stretchPassword: deps.stretchPassword ?? stretchPassword };
  const opened = await openHeader(openDeps, options.password, options.minimumSequence ?? 0);
  if (!opened.ok) return opened;
  const { label: _oldLabel, ...body } = opened.value.read.header.body;
  const relabelled = name.value === undefined ? body : { ...body, label: name.value };
  return rewriteHeader(deps, opened.value, relabelled, body.slots);
};

/** Writes `body` with these slots under the next sequence, R sealed anew to every slot. Purges R. */
const rewriteHeader = async (
  { random, headerStore }: { readonly random: RandomBytes; readonly headerStore: HeaderStore },
  { read, root, headerKey }: OpenHeader,
  body: HeaderBody,
  identities: readonly SlotIdentity[],
): Promise<Result<ChangedHeader, OpenHeaderError>> => {
  const secrets = { root, headerKey };
  const sealed = await sealHeader(random, secrets, body, { sequence: body.sequence + 1, identities });
  const finished = sealed.ok ? await sealWithoutPreviousKey(random, secrets, sealed.value.body) : sealed;
  purge(root);
  // What a later version added might not be true of what this one changes.
  if (read.header.format > HEADER_FORMAT_VERSION) return err({ tag: 'newer-format', minReader: read.header.format });
  if (!sealed.ok) return sealed;
  if (!finished.ok) return finished;
  const headerCopies = await replaceHeader(headerStore, read, sealed.value.bytes);
  return ok({ headerSequence: sealed.value.body.sequence, headerCopies, finished: finished.value });
};

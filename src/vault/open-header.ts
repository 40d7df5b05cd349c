import { equalBytes } from '../crypto/bytes.ts';
import type { SigningKey } from '../crypto/ecdsa-p384.ts';
import { sha256 } from '../crypto/hash.ts';
import { importDerivationKey, type DerivationKey } from '../crypto/hkdf.ts';
import { purge, type RootKey } from '../crypto/keys.ts';
import type { StretchPassword } from '../crypto/pbkdf2.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { readHeader, type HeaderReadError, type ReadHeader } from './header-copies.ts';
import type { HeaderBody, Slot } from './header-format.ts';
import type { HeaderStore } from './header-store.ts';
import { unwrapHeaderKey } from './root-key.ts';
import { isPasswordSlot, openPasswordSlot, openRoot, passwordIterations, type OpenedSlot } from './slot.ts';

/**
 * - `wrong-password`: the header is whole, and no password slot opens.
 * - `no-password-slot`: it opens by other means only, all of a later version.
 * - `header-damaged`, `header-missing`: nothing readable is left; a backup is the way on.
 * - `header-forged`: whole, but not written by this vault. Somebody had their hands on the files.
 * - `older-header`: genuine, but older than one that this vault has seen. Somebody put an old lock back.
 * - `newer-format`: written by a later version of the program.
 */
export type OpenHeaderError =
  | HeaderReadError
  | { readonly tag: 'wrong-password' }
  | { readonly tag: 'no-password-slot' }
  | { readonly tag: 'older-header' };

/** A header proved genuine by a password. The caller purges `root`. */
export type OpenHeader = {
  readonly read: ReadHeader;
  readonly slot: Slot;
  readonly root: RootKey;
  readonly rootHandle: DerivationKey;
  readonly headerKey: SigningKey;
};

export const openHeader = async (
  deps: { readonly headerStore: HeaderStore; readonly stretchPassword: StretchPassword },
  password: string,
  minimumSequence: number,
): Promise<Result<OpenHeader, OpenHeaderError>> => {
  const read = await readCurrentHeader(deps.headerStore, minimumSequence);
  if (!read.ok) return read;
  const { body } = read.value.header;

  const found = await findSlot(deps.stretchPassword, password, body);
  if (!found.ok) return found;
  const { slot, opened } = found.value;

  // The password proves the slot; the slot names the header key; the header key has signed everything else.
  if (!equalBytes(opened.headerKeyHash, await sha256(body.headerPublicKey))) return err({ tag: 'header-forged' });
  const root = await openRoot(opened, body.vaultId, body.sequence, slot);
  if (!root) return err({ tag: 'header-forged' });
  const rootHandle = await importDerivationKey(root);
  const headerKey = await unwrapHeaderKey(rootHandle, body);
  if (!headerKey) {
    purge(root);
    return err({ tag: 'header-forged' });
  }
  return ok({ read: read.value, slot, root, rootHandle, headerKey });
};

export const readCurrentHeader = async (
  store: HeaderStore,
  minimumSequence: number,
): Promise<Result<ReadHeader, HeaderReadError | { readonly tag: 'older-header' }>> => {
  const read = await readHeader(store);
  if (read.ok && read.value.header.body.sequence < minimumSequence) return err({ tag: 'older-header' });
  return read;
};

type FindSlotError = Extract<OpenHeaderError, { tag: 'wrong-password' | 'no-password-slot' | 'header-forged' }>;

const findSlot = async (
  stretch: StretchPassword,
  password: string,
  body: HeaderBody,
): Promise<Result<{ readonly slot: Slot; readonly opened: OpenedSlot }, FindSlotError>> => {
  const slots = body.slots.filter(isPasswordSlot);
  if (slots.length === 0) return err({ tag: 'no-password-slot' });
  for (const slot of slots) {
    const iterations = passwordIterations(slot);
    if (iterations === undefined) return err({ tag: 'header-forged' });
    const opened = await openPasswordSlot(stretch, password, body.vaultId, slot, iterations);
    if (opened) return ok({ slot, opened });
  }
  return err({ tag: 'wrong-password' });
};

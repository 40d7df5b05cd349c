import { equalBytes } from '../crypto/bytes.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { decodeHeader, type Header, type HeaderFault } from './header-format.ts';
import type { CopyNumber, HeaderStore } from './header-store.ts';

export type HeaderReadError = HeaderFault | { readonly tag: 'header-missing' };

/** The header that counts, the copy it came from, and whether the other copy says the same. */
export type ReadHeader = {
  readonly header: Header;
  readonly bytes: Uint8Array;
  readonly copy: CopyNumber;
  readonly isOtherCopyGood: boolean;
};

/**
 * - `intact`: both copies were good.
 * - `repaired`: one was damaged, missing or older, and was written anew.
 * - `one-left`: the same, but it could not be written; the vault is open, one more damage would close it.
 */
export type HeaderCopies = 'intact' | 'repaired' | 'one-left';

/**
 * The good copy with the highest sequence. A damaged copy is passed over; one that is whole but forged or too new is
 * not, because the other would then be an old lock put back.
 */
export const readHeader = async (store: HeaderStore): Promise<Result<ReadHeader, HeaderReadError>> => {
  const files = await Promise.all([store.read(0), store.read(1)]);
  if (!files[0] && !files[1]) return err({ tag: 'header-missing' });

  const good: ReadHeader[] = [];
  const isSame = files[0] !== undefined && files[1] !== undefined && equalBytes(files[0], files[1]);
  for (const copy of [0, 1] as const) {
    const bytes = files[copy];
    if (!bytes || (isSame && copy === 1)) continue;
    const decoded = await decodeHeader(bytes);
    if (decoded.ok) good.push({ header: decoded.value, bytes, copy, isOtherCopyGood: isSame });
    else if (decoded.error.tag !== 'header-damaged') return decoded;
  }
  const newest = good.toSorted((left, right) => right.header.body.sequence - left.header.body.sequence)[0];
  return newest ? ok(newest) : err({ tag: 'header-damaged' });
};

/** Writes the other copy anew if need be. Call it only for a header that an unlocking has proved genuine. */
export const repairCopies = async (store: HeaderStore, read: ReadHeader): Promise<HeaderCopies> => {
  if (read.isOtherCopyGood) return 'intact';
  return (await isWritten(store, otherCopy(read.copy), read.bytes)) ? 'repaired' : 'one-left';
};

/**
 * Puts a new header in the place of `read`: first over the copy that it was not read from, so that a good one, old or
 * new, exists at every moment. It counts once that write is done.
 * @throws what the store throws at the first write: the old header still counts
 */
export const replaceHeader = async (store: HeaderStore, read: ReadHeader, bytes: Uint8Array): Promise<HeaderCopies> => {
  await store.write(otherCopy(read.copy), bytes);
  return (await isWritten(store, read.copy, bytes)) ? 'intact' : 'one-left';
};

const otherCopy = (copy: CopyNumber): CopyNumber => (copy === 0 ? 1 : 0);

const isWritten = async (store: HeaderStore, copy: CopyNumber, bytes: Uint8Array): Promise<boolean> => {
  try {
    await store.write(copy, bytes);
    return true;
  } catch {
    return false; // Told as `one-left`: a full disk must not keep people from their messages.
  }
};

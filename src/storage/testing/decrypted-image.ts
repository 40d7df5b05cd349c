import { createNoblePageCipher } from '../../crypto/page-cipher-noble.ts';
import type { PageKey, WalKey } from '../../crypto/keys.ts';
import type { PageCipher } from '../../crypto/page-cipher.ts';
import type { FileImages } from '../file-layer-memory.ts';
import { createAssociatedData } from '../vfs/associated-data.ts';
import {
  FILE_KIND,
  FILE_NAMES,
  FRAME_SLOT_BYTES,
  FRAME_SLOT_PLAIN_BYTES,
  PAGES_OFFSET,
  PAGE_BYTES,
  SUPERBLOCK_SECTOR_BYTES,
  USABLE_BYTES,
  frameSlotOffset,
} from '../vfs/layout.ts';
import { openSuperblock, readSuperblockHeader, type Superblock } from '../vfs/superblock-codec.ts';
import { seededRandom } from './storage-fixture.ts';

/** Everything that somebody with the page key can make of the files: what a thief with the password has. */
export interface DecryptedImage {
  readonly pages: readonly Uint8Array[];
  readonly frames: readonly Uint8Array[];
  /** Keys of log generations that a superblock copy still holds. */
  readonly logKeys: readonly WalKey[];
}

export const decryptImage = (images: FileImages, pageKey: PageKey): DecryptedImage => {
  const main = images.get(FILE_NAMES.main) ?? new Uint8Array(0);
  const log = images.get(FILE_NAMES.log) ?? new Uint8Array(0);
  const cipherOf = (key: PageKey | WalKey): PageCipher => createNoblePageCipher({ random: seededRandom(1) }, { key });
  const cipher = cipherOf(pageKey);
  const superblocks = [0, SUPERBLOCK_SECTOR_BYTES].flatMap((at): Superblock[] => {
    const sector = main.slice(at, at + SUPERBLOCK_SECTOR_BYTES);
    const header = readSuperblockHeader(sector);
    const opened = header && openSuperblock(sector, header, cipher);
    return opened === undefined ? [] : [opened];
  });
  const [superblock] = superblocks;
  if (superblock === undefined) throw new Error('no superblock opens');
  const { databaseId, keyEpoch } = superblock;
  const logKeys = superblocks.flatMap((copy) => (copy.log.tag === 'none' ? [] : [copy.log.key]));

  const pageData = createAssociatedData(databaseId, keyEpoch, FILE_KIND.page);
  const pages: Uint8Array[] = [];
  for (let page = 1, at = PAGES_OFFSET; at + PAGE_BYTES <= main.length; page += 1, at += PAGE_BYTES) {
    const plain = new Uint8Array(USABLE_BYTES);
    if (cipher.open(main.subarray(at, at + PAGE_BYTES), pageData(page), plain)) pages.push(plain);
  }
  const frameData = createAssociatedData(databaseId, keyEpoch, FILE_KIND.logFrame);
  const frames: Uint8Array[] = [];
  for (const key of logKeys) {
    const logCipher = cipherOf(key);
    for (let slot = 0; frameSlotOffset(slot + 1) <= log.length; slot += 1) {
      const plain = new Uint8Array(FRAME_SLOT_PLAIN_BYTES);
      const record = log.subarray(frameSlotOffset(slot), frameSlotOffset(slot) + FRAME_SLOT_BYTES);
      if (logCipher.open(record, frameData(slot), plain)) frames.push(plain);
    }
  }
  return { pages, frames, logKeys };
};

import type { RandomBytes } from '../domain/ports.ts';
import type { PageKey } from './keys.ts';
import { PAGE_OVERHEAD_BYTES, type PageCipher } from './page-cipher.ts';

const PAGES = 256;
const PAGE_BYTES = 4_096;

/**
 * Seals and opens pages of zeros under a key that is thrown away. An engine compiles well only what it has run often;
 * done while a thread waits anyway, nobody waits for it later.
 */
export const warmUpPageCipher = (createCipher: (key: PageKey) => PageCipher, random: RandomBytes): void => {
  const cipher = createCipher(random(32) as PageKey);
  const page = new Uint8Array(PAGE_BYTES);
  const record = new Uint8Array(PAGE_BYTES + PAGE_OVERHEAD_BYTES);
  const associatedData = new Uint8Array(16);
  for (let sealed = 0; sealed < PAGES; sealed += 1) {
    cipher.seal(page, associatedData, record);
    cipher.open(record, associatedData, page);
  }
  cipher.destroy();
};

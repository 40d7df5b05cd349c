/**
 * Runs in Node and in browsers: the same pages sealed by everything that speaks suite 1, in turns within one run, so
 * that whatever slows the machine slows all of them. Nonces and copies are part of it, as they are in the database.
 */
import { generateKey, type PageKey } from '../../src/crypto/keys.ts';
import { createAeadPageCipher } from '../../src/crypto/page-cipher-aead.ts';
import { xchachaAeads } from '../../src/crypto/testing/xchacha-aeads.ts';

/** What stays of 4 KiB beside nonce and tag; associated data about as long as the database's. */
const PAGE_BYTES = 4_056;
const ASSOCIATED_DATA_BYTES = 48;
const PAGES = 2_000;
const WARM_UP = 2;

/** Microseconds for each page, by round. */
export type Sealed = Readonly<Record<string, readonly number[]>>;

export const sealPages = async (rounds: number): Promise<Sealed> => {
  const random = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length));
  const key = generateKey<PageKey>(random);
  const [page, associatedData] = [random(PAGE_BYTES), random(ASSOCIATED_DATA_BYTES)];
  const record = new Uint8Array(4_096);
  const ciphers = (await xchachaAeads()).map(({ name, aead }) => ({
    name,
    cipher: createAeadPageCipher({ random, aead }, { key }),
    times: [] as number[],
  }));
  for (let round = -WARM_UP; round < rounds; round += 1) {
    for (const { cipher, times } of round % 2 === 0 ? ciphers : ciphers.toReversed()) {
      const start = performance.now();
      for (let count = 0; count < PAGES; count += 1) cipher.seal(page, associatedData, record);
      if (round >= 0) times.push(((performance.now() - start) * 1_000) / PAGES);
    }
  }
  return Object.fromEntries(ciphers.map(({ name, times }) => [name, times]));
};

Object.assign(globalThis, { sealPages });

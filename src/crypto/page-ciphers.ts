import type { RandomBytes } from '../domain/ports.ts';
import { equalBytes, utf8 } from './bytes.ts';
import type { PageKey, WalKey } from './keys.ts';
import { createWasmAead } from './page-aead-wasm.ts';
import { createAeadPageCipher, type PageAead } from './page-cipher-aead.ts';
import { nobleXchacha } from './page-cipher-noble.ts';
import { PAGE_NONCE_BYTES, PAGE_OVERHEAD_BYTES, type PageCipher } from './page-cipher.ts';
import { xaesAead } from './page-cipher-xaes.ts';
import { PAGE_SUITES } from './suites.ts';

/**
 * Makes the cipher that a superblock asks for. Undefined: this release knows no such suite, and the database is of a
 * newer one.
 * @param suiteId as it stands on disk
 */
export type PageCipherFactory = (key: PageKey | WalKey, suiteId: number) => PageCipher | undefined;

export const createPageCipherFactory =
  (deps: { readonly random: RandomBytes }): PageCipherFactory =>
  (key, suiteId) => {
    if (suiteId === PAGE_SUITES.xchacha20Poly1305) return createPageCipher(deps, { key });
    if (suiteId === PAGE_SUITES.xaes256Gcm) return createAeadPageCipher({ ...deps, aead: xaesAead }, { key });
    return undefined;
  };

/** Suite 1, in the quickest way that this engine has. */
export const createPageCipher = (
  { random }: { readonly random: RandomBytes },
  options: { readonly key: PageKey | WalKey },
): PageCipher => createAeadPageCipher({ random, aead: (quickest ??= chooseXchacha(ways)) }, options);

/** One for all databases of a worker: it keeps no key between two calls. */
let quickest: PageAead | undefined;

const ways: readonly (() => PageAead)[] = [() => createWasmAead('simd'), () => createWasmAead('scalar')];

/**
 * The first that this engine can run and that seals as the library does; else the library itself. The engine's own
 * verdict on the bytes is the probe for SIMD. Comparing guards a whole database against one engine that compiles wrongly.
 */
export const chooseXchacha = (candidates: readonly (() => PageAead)[]): PageAead => {
  for (const makeAead of candidates) {
    const aead = runnable(makeAead);
    if (aead !== undefined && equalBytes(sampleOf(aead), sampleOf(nobleXchacha))) return aead;
  }
  return nobleXchacha;
};

const runnable = (makeAead: () => PageAead): PageAead | undefined => {
  try {
    return makeAead();
  } catch {
    return undefined; // no WebAssembly at all, forbidden by the page's policy, or without what the build needs
  }
};

/** A page of more than four blocks and not of whole ones. */
const sampleOf = (aead: PageAead): Uint8Array => {
  const page = new Uint8Array(555).fill(0x5a);
  const record = new Uint8Array(page.length + PAGE_OVERHEAD_BYTES);
  aead.seal(new Uint8Array(32).fill(1), new Uint8Array(PAGE_NONCE_BYTES).fill(2), utf8('sample'), page, record);
  return record;
};

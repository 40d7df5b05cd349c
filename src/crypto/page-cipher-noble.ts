import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import type { RandomBytes } from '../domain/ports.ts';
import type { PageKey, WalKey } from './keys.ts';
import { createNobleAead } from './page-aead-noble.ts';
import { createAeadPageCipher } from './page-cipher-aead.ts';
import type { PageCipher } from './page-cipher.ts';
import { PAGE_SUITES } from './suites.ts';

export const nobleXchacha = createNobleAead(PAGE_SUITES.xchacha20Poly1305, xchacha20poly1305);

/**
 * XChaCha20-Poly1305 in JavaScript: the fallback where WebAssembly is missing, and the way out should the WebAssembly
 * cipher ever prove wrong.
 */
export const createNoblePageCipher = (
  { random }: { readonly random: RandomBytes },
  options: { readonly key: PageKey | WalKey },
): PageCipher => createAeadPageCipher({ random, aead: nobleXchacha }, options);

import { chacha20, hchacha } from '@noble/ciphers/chacha.js';
import { u32 } from '@noble/ciphers/utils.js';
import { describe, expect, test } from 'vitest';
import { utf8 } from '../bytes.ts';
import { toKey, type PageKey } from '../keys.ts';
import { createWasmAead, wasmBytes } from '../page-aead-wasm.ts';
import { createAeadPageCipher, type PageAead } from '../page-cipher-aead.ts';
import { createNoblePageCipher, nobleXchacha } from '../page-cipher-noble.ts';
import { PAGE_OVERHEAD_BYTES } from '../page-cipher.ts';
import { xaesAead } from '../page-cipher-xaes.ts';
import { chooseXchacha, createPageCipher, createPageCipherFactory } from '../page-ciphers.ts';
import { PAGE_SUITES } from '../suites.ts';
import { createChachaEngine } from '../xchacha20-poly1305/engine.ts';
import { makeWasmPageCipher } from './make-wasm-page-cipher.ts';
import { describePageCipher, type MakePageCipher } from './page-cipher-contract.ts';
import { createSeededRandom } from './seeded-random.ts';
import { wrongXchacha } from './xchacha-aeads.ts';

const BUILDS = ['simd', 'scalar'] as const;
const makeXaes: MakePageCipher = (random, key) => createAeadPageCipher({ random, aead: xaesAead }, { key });

/** Asked of every engine: each compiles the module in its own way. */
export const describePageCiphers = (): void => {
  describePageCipher('noble', (random, key) => createNoblePageCipher({ random }, { key }));
  for (const build of BUILDS) describePageCipher(build, makeWasmPageCipher(build));
  describePageCipher('the chosen one', (random, key) => createPageCipher({ random }, { key }));
  describePageCipher('XAES-256-GCM', makeXaes, makeXaes);

  describe.each(BUILDS)("the %s build's memory", (build) => {
    const [key, nonce] = [createSeededRandom('key')(32), createSeededRandom('nonce')(24)];
    const page = createSeededRandom('page')(4056);
    const place = utf8('database 1, main, page 7');

    /** What would open the page: the key, the key derived from it, and Poly1305's, which would forge it. */
    const secrets = (): Record<string, Uint8Array> => {
      const subkey = new Uint32Array(8);
      hchacha(u32(utf8('expand 32-byte k')), u32(key), u32(nonce.slice(0, 16)), subkey);
      const derived = new Uint8Array(subkey.buffer);
      const iv = new Uint8Array(12);
      iv.set(nonce.subarray(16), 4);
      return { key, derived, mac: chacha20(derived, iv, new Uint8Array(32)) };
    };
    const holds = (memory: Uint8Array, secret: Uint8Array): boolean =>
      memory.some((_, start) => [0, 1, 2, 3, 4, 5, 6, 7].every((offset) => memory[start + offset] === secret[offset]));

    test('holds no key after a call, whether it sealed, opened or refused', () => {
      const engine = createChachaEngine(wasmBytes(build));
      const record = new Uint8Array(page.length + PAGE_OVERHEAD_BYTES);
      const memory = (): Uint8Array => new Uint8Array(engine.memory.buffer);
      const expectNoKey = (): void => {
        for (const [name, secret] of Object.entries(secrets())) expect(holds(memory(), secret), name).toBe(false);
      };
      engine.seal(key, nonce, place, page, record);
      expectNoKey();
      expect(engine.open(key, record, place, page.slice())).toBe(true);
      expect(holds(memory(), page)).toBe(true); // so the search finds what is there
      expectNoKey();
      record[0] = (record[0] ?? 0) ^ 1;
      expect(engine.open(key, record, place, page.slice())).toBe(false);
      expectNoKey();
    });

    test('is empty once a cipher was destroyed', () => {
      const engine = createChachaEngine(wasmBytes(build));
      const aead: PageAead = { suiteId: PAGE_SUITES.xchacha20Poly1305, ...engine };
      const cipher = createAeadPageCipher({ random: createSeededRandom('n'), aead }, { key: toKey<PageKey>(key) });
      cipher.seal(page, place, new Uint8Array(page.length + PAGE_OVERHEAD_BYTES));
      cipher.destroy();
      expect(new Uint8Array(engine.memory.buffer).every((byte) => byte === 0)).toBe(true);
    });

    test('takes associated data of 1,024 bytes, and not of more', () => {
      const aead = createWasmAead(build);
      const record = new Uint8Array(100 + PAGE_OVERHEAD_BYTES);
      const expected = record.slice();
      aead.seal(key, nonce, new Uint8Array(1024).fill(3), page.subarray(0, 100), record);
      nobleXchacha.seal(key, nonce, new Uint8Array(1024).fill(3), page.subarray(0, 100), expected);
      expect(record).toEqual(expected);
      expect(() => aead.seal(key, nonce, new Uint8Array(1025), page.subarray(0, 100), record)).toThrow(RangeError);
    });
  });

  describe('choosing a page cipher', () => {
    const refusing = (): PageAead => {
      throw new Error('no WebAssembly here');
    };
    const wrong = (): PageAead => wrongXchacha().aead;

    test('takes the first that runs and seals rightly', () => {
      const right = createWasmAead('scalar');
      expect(chooseXchacha([refusing, wrong, () => right, refusing])).toBe(right);
    });

    test('falls back to the library where nothing runs, or all seal wrongly', () => {
      expect(chooseXchacha([refusing])).toBe(nobleXchacha);
      expect(chooseXchacha([wrong])).toBe(nobleXchacha);
    });

    test('takes the SIMD build in this engine', () => {
      const simd = createWasmAead('simd');
      expect(chooseXchacha([() => simd])).toBe(simd);
    });

    test('makes the cipher of the suite that is asked for, and none for an unknown one', () => {
      const createCipher = createPageCipherFactory({ random: createSeededRandom('nonces') });
      const key = toKey<PageKey>(createSeededRandom('key')(32));
      for (const suite of Object.values(PAGE_SUITES)) expect(createCipher(key, suite)?.suiteId).toBe(suite);
      for (const suite of [0, 3, 0xffff]) expect(createCipher(key, suite)).toBeUndefined();
    });

    test('a page of one suite does not open in the other', () => {
      const createCipher = createPageCipherFactory({ random: createSeededRandom('nonces') });
      const key = toKey<PageKey>(createSeededRandom('key')(32));
      const record = new Uint8Array(100 + PAGE_OVERHEAD_BYTES);
      createCipher(key, PAGE_SUITES.xaes256Gcm)?.seal(new Uint8Array(100), utf8('place'), record);
      const open = (suite: number) => createCipher(key, suite)?.open(record, utf8('place'), new Uint8Array(100));
      expect(open(PAGE_SUITES.xaes256Gcm)).toBe(true);
      expect(open(PAGE_SUITES.xchacha20Poly1305)).toBe(false);
    });
  });
};

import { PAGE_NONCE_BYTES, PAGE_TAG_BYTES } from '../page-cipher.ts';

/**
 * One instance of the WebAssembly module (`assembly/`), for any number of keys: each call brings its key, and the module
 * forgets it before it returns, so no key rests in its memory. What the pages hold may stay there until `wipe`.
 *
 * XChaCha20-Poly1305 where the nonce has 24 bytes. ChaCha20-Poly1305 of RFC 8439 is the half of it that `sealIetf` and
 * `openIetf` reach for the tests.
 */
export interface ChachaEngine {
  /** Writes ciphertext | nonce 24 | tag 16 into `record`, which is 40 bytes longer than `page`. */
  seal(key: Uint8Array, nonce: Uint8Array, associatedData: Uint8Array, page: Uint8Array, record: Uint8Array): void;
  /** True and the plaintext in `page`, or false and `page` untouched. */
  open(key: Uint8Array, record: Uint8Array, associatedData: Uint8Array, page: Uint8Array): boolean;
  /** Writes ciphertext | tag 16 into `sealed`. */
  sealIetf(key: Uint8Array, nonce: Uint8Array, associatedData: Uint8Array, data: Uint8Array, sealed: Uint8Array): void;
  openIetf(
    key: Uint8Array,
    nonce: Uint8Array,
    associatedData: Uint8Array,
    sealed: Uint8Array,
    data: Uint8Array,
  ): boolean;
  /** Overwrites all of the module's memory. It may be used again. */
  wipe(): void;
  /** For tests: what the module's memory holds. */
  readonly memory: { readonly buffer: ArrayBufferLike };
}

type Address = { readonly value: number };
type ModuleExports = Readonly<
  Record<'KEY' | 'NONCE' | 'SUBKEY' | 'IV' | 'TAG' | 'AD' | 'AD_MAX' | 'DATA' | 'SLACK', Address>
> & {
  readonly memory: WebAssembly.Memory;
  deriveSubkey(): void;
  seal(length: number, adLength: number): void;
  open(length: number, adLength: number): number;
};

const WASM_PAGE_BYTES = 65_536;
const IETF_NONCE_BYTES = 12;

/**
 * Synchronous: the module has a few kilobytes.
 * @throws CompileError where the bytes are no module that this engine can run
 */
export const createChachaEngine = (wasm: Uint8Array<ArrayBuffer>): ChachaEngine => {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(wasm));
  const module = instance.exports as unknown as ModuleExports;
  const [KEY, NONCE, SUBKEY, IV, TAG] = [module.KEY, module.NONCE, module.SUBKEY, module.IV, module.TAG].map(
    ({ value }) => value,
  ) as [number, number, number, number, number];
  const [AD, AD_MAX, DATA, SLACK] = [module.AD, module.AD_MAX, module.DATA, module.SLACK].map(({ value }) => value) as [
    number,
    number,
    number,
    number,
  ];
  let bytes = new Uint8Array(module.memory.buffer);

  const load = (associatedData: Uint8Array, data: Uint8Array): void => {
    if (associatedData.length > AD_MAX) throw new RangeError(`associated data has at most ${AD_MAX} bytes`);
    const missing = DATA + data.length + SLACK - bytes.length;
    if (missing > 0) {
      module.memory.grow(Math.ceil(missing / WASM_PAGE_BYTES));
      bytes = new Uint8Array(module.memory.buffer);
    }
    bytes.set(associatedData, AD);
    bytes.set(data, DATA);
  };

  const loadDerivedKey = (key: Uint8Array, nonce: Uint8Array): void => {
    if (nonce.length !== PAGE_NONCE_BYTES) throw new RangeError(`a nonce has ${PAGE_NONCE_BYTES} bytes`);
    bytes.set(key, KEY);
    bytes.set(nonce, NONCE);
    module.deriveSubkey();
  };

  const loadIetfKey = (key: Uint8Array, nonce: Uint8Array): void => {
    if (nonce.length !== IETF_NONCE_BYTES) throw new RangeError(`a nonce has ${IETF_NONCE_BYTES} bytes`);
    bytes.set(key, SUBKEY);
    bytes.set(nonce, IV);
  };

  const put = (start: number, length: number, target: Uint8Array, offset: number): void => {
    target.set(bytes.subarray(start, start + length), offset);
  };

  return {
    memory: module.memory,

    seal(key, nonce, associatedData, page, record) {
      load(associatedData, page);
      loadDerivedKey(key, nonce);
      module.seal(page.length, associatedData.length);
      put(DATA, page.length, record, 0);
      record.set(nonce, page.length);
      put(TAG, PAGE_TAG_BYTES, record, page.length + PAGE_NONCE_BYTES);
    },

    open(key, record, associatedData, page) {
      load(associatedData, record.subarray(0, page.length));
      loadDerivedKey(key, record.subarray(page.length, page.length + PAGE_NONCE_BYTES));
      bytes.set(record.subarray(page.length + PAGE_NONCE_BYTES), TAG);
      if (module.open(page.length, associatedData.length) !== 1) return false;
      put(DATA, page.length, page, 0);
      return true;
    },

    sealIetf(key, nonce, associatedData, data, sealed) {
      load(associatedData, data);
      loadIetfKey(key, nonce);
      module.seal(data.length, associatedData.length);
      put(DATA, data.length, sealed, 0);
      put(TAG, PAGE_TAG_BYTES, sealed, data.length);
    },

    openIetf(key, nonce, associatedData, sealed, data) {
      load(associatedData, sealed.subarray(0, data.length));
      loadIetfKey(key, nonce);
      bytes.set(sealed.subarray(data.length), TAG);
      if (module.open(data.length, associatedData.length) !== 1) return false;
      put(DATA, data.length, data, 0);
      return true;
    },

    wipe() {
      bytes.fill(0);
    },
  };
};

import type { PageAead } from './page-cipher-aead.ts';
import { PAGE_SUITES } from './suites.ts';
import { createChachaEngine } from './xchacha20-poly1305/engine.ts';
import { WASM_BINARIES, type WasmBuild } from './xchacha20-poly1305/binaries.ts';

/** Suite 1 by our own WebAssembly module. Throws where this engine has no WebAssembly, or not what the build needs. */
export const createWasmAead = (build: WasmBuild): PageAead => ({
  suiteId: PAGE_SUITES.xchacha20Poly1305,
  ...createChachaEngine(wasmBytes(build)),
});

export const wasmBytes = (build: WasmBuild): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(WASM_BINARIES[build]), (character) => character.charCodeAt(0));

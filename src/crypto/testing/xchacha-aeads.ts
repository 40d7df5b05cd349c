import { createWasmAead, wasmBytes } from '../page-aead-wasm.ts';
import { nobleXchacha } from '../page-cipher-noble.ts';
import { PAGE_SUITES } from '../suites.ts';
import type { WasmBuild } from '../xchacha20-poly1305/binaries.ts';
import { createChachaEngine } from '../xchacha20-poly1305/engine.ts';
import type { NamedAead } from './compare-page-aeads.ts';
import { createLibsodiumAead } from './page-aead-libsodium.ts';
import { plantWrongConstant } from './plant-wrong-constant.ts';

/** Everything that speaks suite 1, the one that is nobody's of ours first. */
export const xchachaAeads = async (): Promise<readonly [NamedAead, ...NamedAead[]]> => [
  { name: 'libsodium', aead: await createLibsodiumAead() },
  { name: 'noble', aead: nobleXchacha },
  { name: 'simd', aead: createWasmAead('simd') },
  { name: 'scalar', aead: createWasmAead('scalar') },
];

/** A planted fault: our build with one bit of a constant flipped. */
export const wrongXchacha = (build: WasmBuild = 'simd'): NamedAead => ({
  name: `wrong ${build}`,
  aead: { suiteId: PAGE_SUITES.xchacha20Poly1305, ...createChachaEngine(plantWrongConstant(wasmBytes(build))) },
});

import { createWasmAead } from '../page-aead-wasm.ts';
import { createAeadPageCipher } from '../page-cipher-aead.ts';
import type { WasmBuild } from '../xchacha20-poly1305/binaries.ts';
import type { MakePageCipher } from './page-cipher-contract.ts';

/** One build, whichever the product would choose here. All its ciphers share an instance, as in the product. */
export const makeWasmPageCipher = (build: WasmBuild): MakePageCipher => {
  const aead = createWasmAead(build);
  return (random, key) => createAeadPageCipher({ random, aead }, { key });
};

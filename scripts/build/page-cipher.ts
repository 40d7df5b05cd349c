/**
 * The page cipher's WebAssembly (src/crypto/xchacha20-poly1305): from `assembly/` to the text of `binaries.ts`. The
 * binaries are part of the repository, so that nothing has to be compiled before the program can run anywhere;
 * page-cipher.test.ts builds them anew and compares the bytes. `node scripts/build/page-cipher.ts` writes the file.
 */
import { writeFileSync } from 'node:fs';
import type { WasmBuild } from '../../src/crypto/xchacha20-poly1305/binaries.ts';
import { inRoot, root } from '../lib/paths.ts';
import asc from './asc.mjs';

const ENTRY = 'src/crypto/xchacha20-poly1305/assembly/aead.ts';
export const BINARIES_FILE = inRoot('src/crypto/xchacha20-poly1305/binaries.ts');

/** `--converge` repeats the optimiser until nothing changes; no runtime, because nothing is ever allocated. */
const FLAGS = ['-O3', '--converge', '--noAssert', '--runtime', 'stub', '--initialMemory', '2', '--use', 'abort='];
const SIMD_FLAG: Record<WasmBuild, string> = { simd: '--enable', scalar: '--disable' };

export async function compilePageCipher(build: WasmBuild): Promise<Uint8Array> {
  let wasm: Uint8Array | undefined;
  let messages = '';
  const { error } = await asc.main(
    [ENTRY, '--baseDir', root, ...FLAGS, SIMD_FLAG[build], 'simd', '--outFile', 'page-cipher.wasm'],
    {
      stderr: { write: (chunk) => void (messages += String(chunk)) },
      writeFile(name, contents) {
        if (name.endsWith('.wasm') && typeof contents !== 'string') wasm = contents.slice();
      },
    },
  );
  if (error !== null || wasm === undefined) throw new Error(`the page cipher does not compile: ${messages}`);
  return wasm;
}

export async function renderBinaries(): Promise<string> {
  const base64 = async (build: WasmBuild): Promise<string> =>
    Buffer.from(await compilePageCipher(build)).toString('base64');
  return `// Written by scripts/build/page-cipher.ts from assembly/: change that and run it, never this file.
export const WASM_BINARIES = {
  simd: '${await base64('simd')}',
  scalar:
    '${await base64('scalar')}',
} as const;

export type WasmBuild = keyof typeof WASM_BINARIES;
`;
}

if (import.meta.main) writeFileSync(BINARIES_FILE, await renderBinaries());

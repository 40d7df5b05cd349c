import { readFileSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { BINARIES_FILE, compilePageCipher, renderBinaries } from './page-cipher.ts';

test('the binaries in the repository come from the source beside them, byte for byte', async () => {
  expect(readFileSync(BINARIES_FILE, 'utf8')).toBe(await renderBinaries());
});

test.each([
  ['simd', 1_800],
  ['scalar', 1_300],
] as const)('the %s build adds at most %i bytes to the first load', async (build, limit) => {
  expect(brotliCompressSync(await compilePageCipher(build)).length).toBeLessThanOrEqual(limit);
});

test.each(['simd', 'scalar'] as const)('the %s build asks nothing of the host', async (build) => {
  const module = new WebAssembly.Module((await compilePageCipher(build)) as Uint8Array<ArrayBuffer>);
  expect(WebAssembly.Module.imports(module)).toEqual([]);
});

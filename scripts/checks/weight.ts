import { brotliCompressSync, constants } from 'node:zlib';
import type { ReleaseFile } from '../../src/shell/release.ts';

export interface Weight {
  /** The heaviest first; sizes after brotli, 1 KB = 1,024 bytes. */
  readonly parts: readonly { readonly path: string; readonly kb: number }[];
  readonly totalKb: number;
}

/** The weight of a release's critical files: each compressed by itself, as the relay sends them. */
export function weigh(
  files: readonly Pick<ReleaseFile, 'path' | 'critical'>[],
  read: (path: string) => Uint8Array,
): Weight {
  const parts = files
    .filter(({ critical }) => critical)
    .map(({ path }) => ({ path, kb: brotliKb(read(path)) }))
    .sort((a, b) => b.kb - a.kb);
  return { parts, totalKb: parts.reduce((total, { kb }) => total + kb, 0) };
}

function brotliKb(bytes: Uint8Array): number {
  const options = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  return brotliCompressSync(bytes, options).byteLength / 1024;
}

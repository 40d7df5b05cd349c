import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import type { Plugin } from 'vite';
import { parseRelease, releaseIdText, type Release, type ReleaseFile } from '../../src/shell/release.ts';

const compressible = new Set(['.css', '.html', '.js', '.json', '.svg', '.wasm', '.webmanifest']);
const neededToChat = new Set(['.css', '.html', '.js', '.wasm', '.woff2']);
/** Fonts that a browser fetches only when a text has such letters. */
const onDemand = /-latin-ext-|-italic/;
/** Read by the service worker, and never through it. */
const notInRelease = new Set(['release.json', 'sw.js']);

/**
 * Writes `release.json` when everything else is written (docs/protocol/release.md), and a compressed `.br` beside each
 * file that it makes smaller, for the relay to send.
 */
export function writeRelease(version: string): Plugin {
  let outDir = '';
  return {
    name: 'sotto:release',
    apply: 'build',
    configResolved: (config) => {
      outDir = path.resolve(config.root, config.build.outDir);
    },
    closeBundle: {
      order: 'post',
      sequential: true,
      handler: () => {
        const release = describeRelease(outDir, version);
        const text = `${JSON.stringify(release, undefined, 1)}\n`;
        const parsed = parseRelease(text);
        if (!parsed.ok) throw new Error(`the service worker would refuse this release: ${parsed.error.detail}`);
        writeFileSync(path.join(outDir, 'release.json'), text);
        for (const file of filesIn(outDir)) compress(path.join(outDir, file));
      },
    },
  };
}

function describeRelease(directory: string, version: string): Release {
  const files = filesIn(directory)
    .filter((file) => !notInRelease.has(file))
    .map((file): ReleaseFile => {
      const content = readFileSync(path.join(directory, file));
      const sha384 = createHash('sha384').update(content).digest('base64');
      const critical = neededToChat.has(path.extname(file)) && !onDemand.test(file);
      return { path: file, sha384, bytes: content.length, critical };
    });
  const id = createHash('sha384').update(releaseIdText(files)).digest('hex').slice(0, 32);
  return { format: 1, id, version, files };
}

/** Paths with slashes, in the order of their UTF-16 units, whatever the file system's own order is. */
function filesIn(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.br'))
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort((a, b) => (a < b ? -1 : 1));
}

function compress(file: string): void {
  if (!compressible.has(path.extname(file))) return;
  const content = readFileSync(file);
  const smaller = brotliCompressSync(content, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
    },
  });
  if (smaller.length < content.length) writeFileSync(`${file}.br`, smaller);
}

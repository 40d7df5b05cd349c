/**
 * The first load over the wire: the relay is asked for every critical file of `release.json` as a browser asks, and the
 * bytes of the bodies that come are counted as they come, compressed. 1 KB = 1,024 bytes, like `npm run verify`.
 */
import { get, type IncomingMessage } from 'node:http';
import { extname } from 'node:path';
import { parseRelease } from '../../src/shell/release.ts';
import type { BenchLine } from '../contract.ts';
import { rounded } from '../statistics.ts';

const BUDGET_KB = 700;

const bodyOf = async (url: string, encodings: string): Promise<Buffer> => {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { headers: { 'accept-encoding': encodings } }, resolve).on('error', reject);
  });
  if (response.statusCode !== 200) throw new Error(`${url} answers ${response.statusCode}`);
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
};

const partOf = (path: string): string => {
  if (path.includes('core.worker')) return 'the core worker';
  const kinds: Readonly<Record<string, string>> = { '.wasm': 'SQLite', '.woff2': 'the font', '.css': 'styles' };
  return kinds[extname(path)] ?? 'the page';
};

export async function* measureFirstLoad(url: string): AsyncIterable<BenchLine> {
  const line = (name: string, kb: number, must?: number): BenchLine => ({
    name: `app: first load over the wire, brotli, ${name}`,
    value: rounded(kb),
    unit: 'KB',
    better: 'lower',
    ...(must === undefined ? {} : { must }),
  });
  const release = parseRelease((await bodyOf(`${url}/release.json`, 'identity')).toString());
  if (!release.ok) throw new Error(`release.json is malformed: ${release.error.detail}`);

  const parts = new Map<string, number>();
  let totalKb = 0;
  for (const { path, critical } of release.value.files) {
    if (!critical) continue;
    const kb = (await bodyOf(`${url}/${path}`, 'br')).byteLength / 1_024;
    parts.set(partOf(path), (parts.get(partOf(path)) ?? 0) + kb);
    totalKb += kb;
  }
  if (parts.size === 0) throw new Error('release.json marks no file as needed to chat');
  yield line('all files needed to chat', totalKb, BUDGET_KB);
  for (const [part, kb] of [...parts].sort((a, b) => b[1] - a[1])) yield line(part, kb);
}

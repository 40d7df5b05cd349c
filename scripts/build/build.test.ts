import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PAGE_SCRIPTS, securityHeaders } from '../../relay/headers.ts';
import { parseRelease, type Release } from '../../src/shell/release.ts';
import { inRoot, tools } from '../lib/paths.ts';

const run = promisify(execFile);
const folders: string[] = [];
/** What the builds had to say. */
let said = '';

/** As `npm start` does it, in a process of its own: this one has the settings of tests. */
async function buildOnce(): Promise<string> {
  const outDir = mkdtempSync(path.join(tmpdir(), 'sotto-build-'));
  folders.push(outDir);
  const env = { ...process.env, NODE_ENV: 'production' };
  const built = [tools.vite, 'build', '--logLevel', 'warn', '--outDir', outDir, '--emptyOutDir'];
  const { stdout, stderr } = await run(process.execPath, built, { cwd: inRoot(), env });
  said += stdout + stderr;
  return outDir;
}

const contentsOf = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .sort()
      .map((file) => [path.relative(folder, file), createHash('sha384').update(readFileSync(file)).digest('base64')]),
  );

let dist: string;
let contents: Record<string, string>;
let release: Release;

beforeAll(async () => {
  dist = await buildOnce();
  contents = contentsOf(dist);
  const parsed = parseRelease(readFileSync(path.join(dist, 'release.json'), 'utf8'));
  if (!parsed.ok) throw new Error(parsed.error.detail);
  release = parsed.value;
}, 180_000);
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

it('greets nobody who starts Sotto for the first time with warnings', () => {
  expect(said).toBe('');
});

it('builds the same bytes twice', { timeout: 180_000 }, async () => {
  expect(contentsOf(await buildOnce())).toEqual(contents);
});

it('lists every file that the service worker may serve, with its hash', () => {
  const served = Object.keys(contents).filter((file) => !/\.br$|^(?:sw\.js|release\.json)$/.test(file));
  expect(release.files.map(({ path: file }) => file).sort()).toEqual(served.sort());
  for (const { path: file, sha384 } of release.files) expect(contents[file], file).toBe(sha384);
});

it('takes SQLite along once, and none of the scripts that nobody loads', () => {
  const names = Object.keys(contents).filter((file) => file.includes('sqlite3') && !file.endsWith('.br'));
  expect(names).toEqual([expect.stringMatching(/^assets\/sqlite3-[\w-]{8}\.wasm$/)]);
});

it('knows what a person needs to chat: code, styles, the engine and one font; no pictures', () => {
  const critical = release.files.filter((file) => file.critical).map(({ path: file }) => path.extname(file));
  expect(new Set(critical)).toEqual(new Set(['.js', '.css', '.html', '.wasm', '.woff2']));
  expect(critical.filter((extension) => extension === '.woff2').length).toBe(1);
});

it('starts with one script, and has the screens of an open account in another', () => {
  const scripts = Object.keys(contents).filter((file) => /^assets\/.*\.js$/.test(file));
  const [first = '', ...others] = [...readFileSync(path.join(dist, 'index.html'), 'utf8').matchAll(/src="\/([^"]+)"/g)]
    .map(([, file = '']) => file)
    .filter((file) => scripts.includes(file));
  expect(others).toEqual([]);
  const imports = /(?:^|;)import(?!\()[^;]*?from\s*["']/;
  const script = readFileSync(path.join(dist, first), 'utf8');
  expect(script).not.toMatch(imports);
  expect(script).toContain('current-password');
  expect(script).not.toContain('data-pane');
  const workspace = scripts.filter((file) => file.startsWith('assets/workspace-'));
  expect(workspace.length).toBe(1);
  expect(readFileSync(path.join(dist, workspace[0] ?? ''), 'utf8')).toContain('data-pane');
});

it('keeps the service worker free of anything that changes with a release', () => {
  const script = readFileSync(path.join(dist, 'sw.js'), 'utf8');
  expect(script).not.toContain(release.id);
  expect(script).not.toContain('assets/');
  expect(script).not.toMatch(/\bimport\b|\bexport\b/);
});

it('puts compressed copies beside the files, which unpack to them', () => {
  const compressed = Object.keys(contents).filter((file) => file.endsWith('.br'));
  expect(compressed.length).toBeGreaterThan(5);
  for (const file of compressed) {
    const unpacked = brotliDecompressSync(readFileSync(path.join(dist, file)));
    expect(unpacked.equals(readFileSync(path.join(dist, file.slice(0, -3)))), file).toBe(true);
  }
});

it('has no style in its page and two scripts, which its Content-Security-Policy names by their bytes', () => {
  const page = readFileSync(path.join(dist, 'index.html'), 'utf8');
  const scripts = [...page.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([^]*?)<\/script>/g)].map(([, text = '']) => text);
  const hashes = scripts.map((text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`);
  expect(hashes).toEqual(PAGE_SCRIPTS);
  const policy = securityHeaders({ tls: false })['content-security-policy'];
  expect(policy).toContain(`script-src 'self' 'wasm-unsafe-eval' ${PAGE_SCRIPTS.join(' ')};`);
  expect(page).not.toMatch(/<style|style=|\son\w+=/);
});

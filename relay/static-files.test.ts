import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createStaticFiles, type StaticFiles, type StaticRequest } from './static-files.ts';

let directory: string;
let files: StaticFiles;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sotto-dist-'));
  await mkdir(join(directory, 'assets'));
  await writeFile(join(directory, 'index.html'), '<!doctype html><p>Sotto</p>'.repeat(20));
  await writeFile(join(directory, 'sw.js'), 'self');
  await writeFile(join(directory, 'assets', 'index-BxQ2vK9d.js'), 'let a = 1;'.repeat(100));
  await writeFile(join(directory, 'assets', 'ready-BxQ2vK9d.js'), 'let b = 2;');
  await writeFile(join(directory, 'assets', 'ready-BxQ2vK9d.js.br'), 'made before');
  await writeFile(join(directory, '..', 'sotto-outside.txt'), 'outside');
  files = await createStaticFiles(directory);
});
afterAll(async () => {
  await rm(join(directory, '..', 'sotto-outside.txt'));
  await rm(directory, { recursive: true, force: true });
});

const get = (path: string, more: Partial<StaticRequest> = {}) =>
  files({ path, accept: '*/*', acceptEncoding: 'gzip, br', ifNoneMatch: '', ...more });
const text = (body: Uint8Array | undefined) => Buffer.from(body ?? []).toString();

it('keeps what has its hash in its name for ever, and asks again for everything else', async () => {
  expect((await get('/assets/index-BxQ2vK9d.js')).headers['cache-control']).toContain('immutable');
  for (const path of ['/', '/index.html', '/sw.js']) {
    expect((await get(path)).headers['cache-control']).toBe('no-cache');
  }
});

it('sends brotli where the browser takes it, made before if there is one', async () => {
  const packed = await get('/assets/index-BxQ2vK9d.js');
  expect(packed.headers['content-encoding']).toBe('br');
  expect(brotliDecompressSync(packed.body!).toString()).toBe('let a = 1;'.repeat(100));
  expect(text((await get('/assets/ready-BxQ2vK9d.js')).body)).toBe('made before');
  const plain = await get('/assets/index-BxQ2vK9d.js', { acceptEncoding: 'gzip' });
  expect(plain.headers['content-encoding']).toBeUndefined();
  expect(plain.headers['content-type']).toBe('text/javascript; charset=utf-8');
});

it('opens the app at any of its screens, and nothing else', async () => {
  const asPage = { accept: 'text/html,*/*', acceptEncoding: '' };
  expect(text((await get('/conversation/12', asPage)).body)).toContain('Sotto');
  expect((await get('/conversation/12')).status).toBe(404);
  expect((await get('/assets/gone.js', asPage)).status).toBe(404);
  expect((await get('/assets/ready-BxQ2vK9d.js.br', asPage)).status).toBe(404);
});

it('never leaves its folder', async () => {
  for (const path of [
    '/../sotto-outside.txt',
    '/assets/../../sotto-outside.txt',
    '//etc/passwd',
    '/%2e%2e/sotto-outside.txt',
  ]) {
    expect((await get(path)).status).toBe(404);
  }
});

it('sends nothing again that the browser has', async () => {
  const { headers } = await get('/sw.js');
  expect(await get('/sw.js', { ifNoneMatch: headers.etag! })).toMatchObject({ status: 304 });
  expect((await get('/sw.js', { ifNoneMatch: '"other"' })).status).toBe(200);
});

it('says so when the app was not built', async () => {
  const none = await createStaticFiles(join(directory, 'none'));
  const answer = await none({ path: '/', accept: 'text/html', acceptEncoding: '', ifNoneMatch: '' });
  expect(answer.status).toBe(404);
  expect(text(answer.body)).toContain('not been built');
});

/** The built app: every file is read at the start, so that no request ever becomes a path on the disk. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};
const COMPRESSIBLE = new Set([
  '.css',
  '.html',
  '.ico',
  '.js',
  '.json',
  '.mjs',
  '.svg',
  '.txt',
  '.wasm',
  '.webmanifest',
]);

/** Vite's names: `assets/index-BxQ2vK9d.js`. Their content never changes under one name. */
const HASHED_NAME = /^\/assets\/.+-[A-Za-z0-9_-]{8}\.[a-z0-9]+$/;

export type StaticAnswer = {
  readonly status: 200 | 304 | 404;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
};
export type StaticRequest = {
  readonly path: string;
  readonly accept: string;
  readonly acceptEncoding: string;
  readonly ifNoneMatch: string;
};
export type StaticFiles = (request: StaticRequest) => Promise<StaticAnswer>;

type StaticFile = {
  readonly content: Uint8Array;
  readonly contentType: string;
  readonly cacheControl: string;
  readonly etag: string;
  /** Made before or at the first request for it; `undefined` where it would not be smaller. */
  readonly brotli: () => Promise<Uint8Array | undefined>;
};

export const createStaticFiles = async (directory: string): Promise<StaticFiles> => {
  const files = await readAll(directory);
  return async ({ path, accept, acceptEncoding, ifNoneMatch }) => {
    const name = path === '/' ? '/index.html' : path;
    const file = files.get(name) ?? (isPageOfTheApp(path, accept) ? files.get('/index.html') : undefined);
    if (file === undefined)
      return notFound(files.size === 0 ? 'The app has not been built.' : 'There is nothing here.');
    const headers = {
      'content-type': file.contentType,
      'cache-control': file.cacheControl,
      etag: file.etag,
      vary: 'accept-encoding',
    };
    if (ifNoneMatch.includes(file.etag)) return { status: 304, headers };
    const compressed = /\bbr\b/.test(acceptEncoding) ? await file.brotli() : undefined;
    return compressed === undefined
      ? { status: 200, headers, body: file.content }
      : { status: 200, headers: { ...headers, 'content-encoding': 'br' }, body: compressed };
  };
};

/** The app routes by itself: an address that a person opens and that names no file is one of its screens. */
const isPageOfTheApp = (path: string, accept: string): boolean =>
  accept.includes('text/html') && extname(path) === '' && !path.startsWith('/assets/');

const notFound = (sentence: string): StaticAnswer => ({
  status: 404,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-cache' },
  body: Buffer.from(`${sentence}\n`),
});

const readAll = async (directory: string): Promise<ReadonlyMap<string, StaticFile>> => {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  const contents = new Map<string, Uint8Array>();
  for (const entry of entries.filter((candidate) => candidate.isFile())) {
    const file = join(entry.parentPath, entry.name);
    contents.set(`/${relative(directory, file).split(sep).join('/')}`, await readFile(file));
  }
  const files = new Map<string, StaticFile>();
  for (const [path, content] of contents) {
    const extension = extname(path);
    if (extension === '.br') continue;
    files.set(path, {
      content,
      contentType: CONTENT_TYPES[extension] ?? 'application/octet-stream',
      cacheControl: HASHED_NAME.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
      etag: `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`,
      brotli: createBrotli(content, contents.get(`${path}.br`), COMPRESSIBLE.has(extension)),
    });
  }
  return files;
};

const compress = promisify(brotliCompress);

const createBrotli = (
  content: Uint8Array,
  prepared: Uint8Array | undefined,
  isCompressible: boolean,
): StaticFile['brotli'] => {
  let made: Promise<Uint8Array | undefined> | undefined;
  const make = async (): Promise<Uint8Array | undefined> => {
    if (prepared !== undefined) return prepared;
    if (!isCompressible) return undefined;
    const smaller = await compress(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
    return smaller.length < content.length ? smaller : undefined;
  };
  return () => (made ??= make());
};

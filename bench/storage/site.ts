import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { build } from 'vite';
import { leaveOutSqliteWorkers } from '../../scripts/build/sqlite-plugin.ts';
import { recordingToJson, type Recording } from './recording.ts';

/** Isolated from other origins: only then does a page's clock tell microseconds. */
const HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};
const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
};

export interface Site extends AsyncDisposable {
  readonly url: string;
  /** Makes a recording available to the workers until the next one of that name; answers its address. */
  publish(name: string, recording: Recording): string;
}

/** Builds bench/storage/page with every engine and serves it on loopback. */
export const serveSite = async (): Promise<Site> => {
  const folder = await mkdtemp(join(tmpdir(), 'sotto-storage-bench-'));
  await buildPage(folder);
  const published = new Map<string, string>();

  const answer = async (asked: string, response: ServerResponse): Promise<void> => {
    const path = asked === '/' ? '/index.html' : asked;
    try {
      const content = published.get(path) ?? (await readFile(join(folder, path)));
      const type = TYPES[extname(path)] ?? 'application/octet-stream';
      response.writeHead(200, { ...HEADERS, 'Content-Type': type }).end(content);
    } catch {
      response.writeHead(404, HEADERS).end();
    }
  };
  const server = createServer((request, response) => {
    void answer(new URL(request.url ?? '/', 'http://localhost').pathname, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    publish(name, recording) {
      const path = `/recordings/${name}.json`;
      published.set(path, recordingToJson(recording));
      return path;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
};

const buildPage = (outDir: string): Promise<unknown> =>
  build({
    configFile: false,
    logLevel: 'error',
    root: new URL('page', import.meta.url).pathname,
    resolve: { alias: [{ find: /^peer:/u, replacement: '' }] },
    plugins: [leaveOutSqliteWorkers()],
    worker: { format: 'es', plugins: () => [leaveOutSqliteWorkers()] },
    build: { outDir, emptyOutDir: true, target: 'es2023', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  });

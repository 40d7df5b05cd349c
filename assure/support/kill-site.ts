import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { build } from 'vite';
import { leaveOutSqliteWorkers } from '../../scripts/build/sqlite-plugin.ts';
import { readAcknowledgement, type Acknowledgement, type Found, type Life } from '../killed-page/life.ts';

const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** What is heard of the life that runs now. */
export interface LifeEvents {
  readonly onFound: (found: Found) => void;
  /** The page waits for the answer: while this runs, nothing is written. */
  readonly onAcknowledged: (acknowledgement: Acknowledgement) => void;
  /** The page could not go on; nobody killed it. */
  readonly onFailed: (why: string) => void;
}

export interface KillSite extends AsyncDisposable {
  readonly url: string;
  /** The page that was opened last, and waits for that, lives this one. */
  begin(life: Life, events: LifeEvents): void;
  /** Whoever opens the page now waits for the next life; what the one before still says is heard. */
  end(): void;
}

/** Builds assure/killed-page, serves it on loopback and hears what it says. */
export const serveKillSite = async (): Promise<KillSite> => {
  const folder = await mkdtemp(join(tmpdir(), 'sotto-killed-page-'));
  await buildPage(folder);
  let current: { readonly life: Life; readonly events: LifeEvents } | undefined;
  let isTaken = false;
  let waiting: ServerResponse | undefined;

  const meet = (): void => {
    if (current === undefined || isTaken || waiting === undefined) return;
    reply(waiting, 'application/json', JSON.stringify(current.life));
    isTaken = true;
    waiting = undefined;
  };
  const hear = async (address: string, request: IncomingMessage): Promise<void> => {
    const acknowledgement = readAcknowledgement(address);
    if (acknowledgement !== undefined) {
      if (acknowledgement.lifeNumber === current?.life.number) current.events.onAcknowledged(acknowledgement);
      return;
    }
    const said = await text(request);
    if (address === '/found') current?.events.onFound(JSON.parse(said) as Found);
    else current?.events.onFailed(said);
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const address = request.url ?? '/';
    if (request.method === 'POST') {
      await hear(address, request);
      return reply(response, 'text/plain', '');
    }
    if (address === '/life') {
      waiting = response;
      return meet();
    }
    if (address === '/favicon.ico') return reply(response, 'image/x-icon', '');
    const path = address === '/' ? '/index.html' : address;
    reply(response, TYPES[extname(path)] ?? 'application/octet-stream', await readFile(join(folder, path)));
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((thrown: unknown) => {
      response.destroy();
      // Of a request that its sender did not live to finish, nothing was said.
      if (request.complete) current?.events.onFailed(String(thrown));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    begin(life, events) {
      current = { life, events };
      isTaken = false;
      meet();
    },
    end() {
      // One that was killed before it could ask has left it untaken.
      isTaken = true;
      waiting = undefined;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
};

const reply = (response: ServerResponse, type: string, content: string | Uint8Array): void =>
  void response.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(content);

const buildPage = (outDir: string): Promise<unknown> =>
  build({
    configFile: false,
    logLevel: 'error',
    root: new URL('../killed-page', import.meta.url).pathname,
    plugins: [leaveOutSqliteWorkers()],
    worker: { format: 'es', plugins: () => [leaveOutSqliteWorkers()] },
    build: { outDir, emptyOutDir: true, target: 'es2023', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  });

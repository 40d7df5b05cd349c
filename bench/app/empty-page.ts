import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { withRelay } from './relay.ts';

/** Builds bench/empty-vue-page and serves it as the app is served: by a relay, with its headers. */
export const serveEmptyPage = async (): Promise<{ readonly url: string } & AsyncDisposable> => {
  const outDir = await mkdtemp(join(tmpdir(), 'sotto-empty-page-'));
  await build({
    configFile: false,
    logLevel: 'warn',
    root: new URL('../empty-vue-page', import.meta.url).pathname,
    build: { outDir, emptyOutDir: true, target: 'es2023', modulePreload: { polyfill: false } },
  });
  const relay = await withRelay(outDir);
  return {
    url: relay.url,
    async [Symbol.asyncDispose]() {
      await relay[Symbol.asyncDispose]();
      await rm(outDir, { recursive: true, force: true });
    },
  };
};

import vue from '@vitejs/plugin-vue';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, preview } from 'vite';

export type FakeServer = { readonly url: string; readonly stop: () => Promise<void> };

/**
 * Builds the page over the fake core and serves it at a free loopback port, under the same headers as the real one:
 * what works here works under the strict content security policy.
 */
export const startFakeServer = async (): Promise<FakeServer> => {
  const outDir = await mkdtemp(join(tmpdir(), 'sotto-page-'));
  await build({
    configFile: false,
    logLevel: 'error',
    plugins: [vue()],
    build: {
      outDir,
      target: 'es2023',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: fileURLToPath(new URL('fake.html', import.meta.url)) },
    },
  });
  const server = await preview({ logLevel: 'error', build: { outDir }, preview: { port: 0 } });
  const address = server.httpServer.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}/src/ui/testing/fake.html`,
    stop: async () => {
      await server.close();
      await rm(outDir, { recursive: true, force: true });
    },
  };
};

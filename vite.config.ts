import vue from '@vitejs/plugin-vue';
import { readFileSync } from 'node:fs';
import { defineConfig } from 'vite';
import { securityHeaders } from './relay/headers.ts';
import { createChunkGroups } from './scripts/build/chunk-groups.ts';
import { writeRelease } from './scripts/build/release-plugin.ts';
import { emitServiceWorker } from './scripts/build/service-worker-plugin.ts';
import { leaveOutScrollMemory } from './scripts/build/router-plugin.ts';
import { leaveOutSqliteWorkers } from './scripts/build/sqlite-plugin.ts';
import { putUnlockScreenIntoPage } from './scripts/build/unlock-screen-plugin.ts';

/** How long plugins took is no warning to somebody who starts Sotto for the first time. */
const checks = { bundlerTimings: false };

/** In dev Vite brings styles in `<style>` elements; they carry this nonce. A build has none and needs none. */
const devStyleNonce = 'dev';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as { version: string };

export default defineConfig(({ command, isPreview }) => ({
  plugins: [vue(), leaveOutScrollMemory(), putUnlockScreenIntoPage(), emitServiceWorker(), writeRelease(version)],
  // The core's worker: an ES module of its own.
  worker: { format: 'es', plugins: () => [leaveOutSqliteWorkers()], rolldownOptions: { checks } },
  // Its WASM is found relative to the module's own address, which pre-bundling would change.
  optimizeDeps: { exclude: ['@sqlite.org/sqlite-wasm'] },
  define: { SOTTO_VERSION: JSON.stringify(version), __VUE_OPTIONS_API__: 'false' },
  ...(command === 'serve' && isPreview !== true ? { html: { cspNonce: devStyleNonce } } : {}),
  server: {
    host: '127.0.0.1',
    headers: securityHeaders({ tls: false, styleSource: `'self' 'nonce-${devStyleNonce}'` }),
    hmr: { overlay: false }, // the overlay writes HTML, which Trusted Types refuse
  },
  preview: { host: '127.0.0.1', headers: securityHeaders({ tls: false }) },
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Scripts as in chunk-groups.ts, and one style sheet: each further file costs a start some time.
    cssCodeSplit: false,
    rolldownOptions: { checks, output: { codeSplitting: { groups: [{ name: createChunkGroups() }] } } },
  },
}));

import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import vue from '@vitejs/plugin-vue';
import { playwright } from '@vitest/browser-playwright';
import { configDefaults, defineConfig, type TestProjectConfiguration } from 'vitest/config';
import { findBrowser, type BrowserName } from './e2e/support/browsers.ts';

/**
 * Three projects: `node` runs everything that needs no browser; `chromium` and `firefox` run `*.browser.test.ts`
 * (workers, OPFS, WebCrypto, components) in the real engines. A browser that this machine does not have is left out
 * here; `npm test` is the place that installs it or reports its tests as skipped.
 */
const browserTests = '**/*.browser.test.ts';
/** Outside test vectors: never part of the project. Where they are missing, their tests are skipped and say so. */
const vectorsDir = resolve(import.meta.dirname, process.env.VECTORS_DIR ?? '../shared/vectors');
const generous = { testTimeout: 60_000, hookTimeout: 60_000 };

function browserProject(browser: BrowserName): TestProjectConfiguration[] {
  const launchOptions = findBrowser(browser);
  if (launchOptions === undefined) return [];
  return [
    {
      extends: true,
      test: {
        name: browser,
        include: [`src/${browserTests}`, `tests/${browserTests}`],
        ...generous,
        browser: {
          enabled: true,
          headless: true,
          screenshotFailures: false,
          provider: playwright({ launchOptions }),
          instances: [{ browser, name: browser }],
        },
      },
    },
  ];
}

export default defineConfig({
  plugins: [vue()],
  server: { fs: { allow: [import.meta.dirname, vectorsDir] } },
  // Its WASM is found relative to the module's own address, which pre-bundling would change.
  optimizeDeps: { exclude: ['@sqlite.org/sqlite-wasm'] },
  test: {
    provide: { vectorsDir: existsSync(vectorsDir) ? vectorsDir : '' },
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          environment: 'node',
          include: ['{src,relay,tests,scripts,e2e,assure,bench,sim}/**/*.test.ts'],
          exclude: [...configDefaults.exclude, browserTests],
          maxWorkers: availableParallelism(),
          ...generous,
        },
      },
      ...browserProject('chromium'),
      ...browserProject('firefox'),
    ],
  },
});

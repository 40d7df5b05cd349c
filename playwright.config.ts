import { defineConfig, type PlaywrightTestProject } from '@playwright/test';
import { availableParallelism } from 'node:os';
import { findBrowser, type BrowserName } from './e2e/support/browsers.ts';

/**
 * The journeys: whole people, real browsers, a real relay process that each journey starts for itself. Chromium runs all
 * of them, Firefox those tagged `@firefox`. In `screens/` is what needs no relay: one screen each, over a core in memory.
 * Nothing is retried: a journey that fails once has failed.
 */
function browserProjects(browserName: BrowserName, only?: RegExp): PlaywrightTestProject[] {
  const launchOptions = findBrowser(browserName);
  if (launchOptions === undefined) return [];
  const shared = { use: { browserName, launchOptions }, ...(only === undefined ? {} : { grep: only }) };
  return [
    { ...shared, name: browserName, testIgnore: 'screens/**' },
    { ...shared, name: `${browserName}-screens`, testMatch: 'screens/**/*.spec.ts' },
  ];
}

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  fullyParallel: false,
  workers: availableParallelism() > 4 ? 2 : 1, // `npm test` runs two of these projects at a time
  retries: 0,
  forbidOnly: true,
  timeout: 240_000,
  expect: { timeout: 15_000 },
  reporter: 'list',
  use: {
    actionTimeout: 20_000,
    // Without a film of the page, which takes a sixth of every journey's time; the page of each step is in the trace.
    trace: { mode: 'retain-on-failure', screenshots: false, snapshots: true, sources: false },
    screenshot: 'only-on-failure',
  },
  projects: [...browserProjects('chromium'), ...browserProjects('firefox', /@firefox/)],
});

/**
 * What a person waits for in the built app, in Chromium, against a relay process of its own on loopback. The parts and
 * how each is measured: `app/first-load.ts`, `app/delivery.ts`, `app/hand-over.ts`, `app/warm-start.ts`.
 *
 * Measures the build in `dist/`, and makes it where it is not the latest; `SOTTO_DIST` points to another one.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openBrowser } from './app/browser.ts';
import { measureDelivery } from './app/delivery.ts';
import { measureFirstLoad } from './app/first-load.ts';
import { measureHandOver } from './app/hand-over.ts';
import { withRelay } from './app/relay.ts';
import { measureWarmStart } from './app/warm-start.ts';
import { ensureBuild } from '../scripts/lib/ensure-build.ts';
import { inRoot } from '../scripts/lib/paths.ts';
import type { BenchSuite } from './contract.ts';

const MESSAGES = 60;
const STARTS = 9;
const HAND_OVERS = 20;

const suite: BenchSuite = async function* ({ scale }) {
  const distDir = process.env.SOTTO_DIST ?? inRoot('dist');
  if (process.env.SOTTO_DIST === undefined) await ensureBuild();
  if (!existsSync(join(distDir, 'release.json'))) throw new Error(`there is no build in ${distDir}`);
  const atLeast = (least: number, full: number): number => Math.max(least, Math.round(full * scale));

  await using relay = await withRelay(distDir);
  yield* measureFirstLoad(relay.url);
  await using browser = await openBrowser();
  yield* measureDelivery(browser, relay.url, atLeast(5, MESSAGES));
  for (const name of ['chromium', 'firefox'] as const) {
    yield* measureHandOver(name, relay.url, atLeast(3, HAND_OVERS));
  }
  yield* measureWarmStart(relay.url, atLeast(3, STARTS));
};

export default suite;

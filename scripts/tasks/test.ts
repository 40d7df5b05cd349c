/**
 * `npm test`: sets itself up, browsers included, and runs everything once at a scale that fits into 25 minutes on two
 * cores. The last line is `N passed, N failed`, and the exit code agrees with it.
 */
import type { BrowserName } from '../../e2e/support/browsers.ts';
import { assureFolder, listAreas } from '../lib/areas.ts';
import { endChildrenWithMe } from '../lib/child.ts';
import { gates, minute, vitestGate, type Gate } from '../lib/gates.ts';
import { ensureBrowser } from '../lib/install-browser.ts';
import { patience } from '../lib/patience.ts';
import { runGates } from '../lib/run-gates.ts';
import { formatTally, sum } from '../lib/tally.ts';
import { assureGate, buildGate, journeyGate, screensGate, skippedGate } from '../lib/test-gates.ts';

const wholeMs = 24 * minute;
const installMs = 3 * minute;
const smallScale = 0.03;
/** Its full run has a hundred thousand crash points. */
const storageScale = 0.02;
const assureLimitMs: Readonly<Record<string, number>> = {
  storage: 3 * minute,
  protocol: 3 * minute,
  sync: 3 * minute,
  relay: 2 * minute,
};

endChildrenWithMe();
const deadlineMs = performance.now() + wholeMs * patience;
const inBrowsers = [await browserGates('chromium'), await browserGates('firefox')];
const assurance = listAreas(assureFolder).map((area) =>
  assureGate(area, {
    scale: area === 'storage' ? storageScale : smallScale,
    seed: 1,
    limitMs: assureLimitMs[area] ?? 2 * minute,
  }),
);
// The longest first: begun last, one of them would go on for minutes with an idle core beside it.
const twoAtATime = [...inBrowsers.flat(), ...assurance].sort((left, right) => right.limitMs - left.limitMs);
const total = sum(await runGates([buildGate, ...gates, ...twoAtATime], deadlineMs));
console.log(formatTally(total));
process.exitCode = total.failed === 0 ? 0 : 1;

/** Chromium is required: without it its tests run, and fail. Firefox is optional where it cannot be had. */
async function browserGates(browser: BrowserName): Promise<Gate[]> {
  const setup = await ensureBrowser(browser, installMs);
  console.log(setup.found ? `${browser}: ${setup.where}` : `${browser}: ${setup.reason}`);
  const own = [vitestGate(browser), journeyGate(browser, { isShort: true }), screensGate(browser)];
  if (setup.found || browser === 'chromium') return own;
  return own.map(({ name }) => skippedGate(name, setup.reason));
}

/**
 * How long the other windows of an account wait when the leading one ends, for each way in which it can end: three
 * windows in one browser, an account without a history; `e2e/support/hand-over.ts` says what is measured.
 */
import { chromium, firefox } from '@playwright/test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBrowser, type BrowserName } from '../../e2e/support/browsers.ts';
import { ENDINGS, measureHandOvers, type Ending, type HandOver } from '../../e2e/support/hand-over.ts';
import { createPerson } from '../../e2e/support/person.ts';
import { openProfile } from '../../e2e/support/profile.ts';
import type { BenchLine } from '../contract.ts';
import { median, quantile, rounded } from '../statistics.ts';

const MUST_P95_MS = 200;
/** In a browser of their own: where it crashes (Firefox ESR does, docs/adr/0014), these are measured again, and counted. */
const ROUNDS_AT_A_TIME = 5;
const MOST_FAILED = 3;
const TITLES = { chromium: 'Chromium', firefox: 'Firefox ESR' } as const;

export async function* measureHandOver(browser: BrowserName, url: string, rounds: number): AsyncIterable<BenchLine> {
  if (findBrowser(browser) === undefined) {
    console.error(`app: there is no ${TITLES[browser]} on this machine, and so no line of it`);
    return;
  }
  // Firefox freezes no window, so nobody waits for that there.
  const endings = (Object.keys(ENDINGS) as Ending[]).filter((one) => browser !== 'firefox' || one !== 'frozen');
  const handOvers: HandOver[] = [];
  let failed = 0;
  for (let left = rounds; left > 0;) {
    const now = Math.min(left, ROUNDS_AT_A_TIME);
    try {
      handOvers.push(...(await measureRounds(browser, url, Array.from({ length: now }, () => endings).flat())));
      left -= now;
    } catch (error) {
      failed += 1;
      console.error(`app: hand-overs in ${TITLES[browser]} ended early:`, error);
      if (failed > MOST_FAILED) throw error;
    }
  }
  yield {
    name: `app: hand-overs that failed, ${TITLES[browser]}, of ${endings.length * rounds}`,
    value: failed,
    unit: 'times',
    must: 0,
    better: 'lower',
  };
  for (const ending of endings) {
    const ended = handOvers.filter((one) => one.ending === ending);
    const times = ended.map(({ waitedMs }) => waitedMs);
    const name = `app: hand-over after the leading window was ${ending}, ${TITLES[browser]}, ${times.length} windows`;
    const p95 = rounded(quantile(times, 0.95));
    yield { name: `${name}, p50`, value: rounded(median(times)), unit: 'ms', better: 'lower' };
    yield { name: `${name}, p95`, value: p95, unit: 'ms', must: MUST_P95_MS, better: 'lower' };
    if (ending !== 'closed') continue;
    const sinceAsked = ended.map(({ sinceAskedMs }) => sinceAskedMs);
    const asked = `${name}, from before the browser is asked to`;
    yield { name: `${asked}, p50`, value: rounded(median(sinceAsked)), unit: 'ms', better: 'lower' };
    yield { name: `${asked}, p95`, value: rounded(quantile(sinceAsked, 0.95)), unit: 'ms', better: 'lower' };
  }
}

const measureRounds = async (
  browser: BrowserName,
  url: string,
  endings: readonly Ending[],
): Promise<readonly HandOver[]> => {
  const profileDir = await mkdtemp(join(tmpdir(), 'sotto-bench-windows-'));
  const context = await openProfile({ chromium, firefox }[browser], profileDir);
  try {
    return await measureHandOvers(context, url, {
      endings,
      first: (page) => createPerson(page, url).createAccount({ name: 'Mia Holt' }),
    });
  } finally {
    await context.close();
    await rm(profileDir, { recursive: true, force: true });
  }
};

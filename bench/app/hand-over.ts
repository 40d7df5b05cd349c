/**
 * How long the other windows of an account wait when the leading one is killed: three windows in one Chromium, an account
 * without a history, `e2e/support/hand-over.ts` says what is measured.
 */
import type { Browser } from '@playwright/test';
import { measureHandOvers } from '../../e2e/support/hand-over.ts';
import { createPerson } from '../../e2e/support/person.ts';
import type { BenchLine } from '../contract.ts';
import { median, quantile, rounded } from '../statistics.ts';

const MUST_P95_MS = 200;

export async function* measureHandOver(browser: Browser, url: string, rounds: number): AsyncIterable<BenchLine> {
  const context = await browser.newContext();
  const times = await measureHandOvers(context, url, {
    rounds,
    first: (page) => createPerson(page, url).createAccount({ name: 'Mia Holt' }),
  });
  await context.close();
  const name = `app: hand-over after the leading window was killed, ${times.length} windows`;
  yield { name: `${name}, p50`, value: rounded(median(times)), unit: 'ms', better: 'lower' };
  yield { name: `${name}, p95`, value: rounded(quantile(times, 0.95)), unit: 'ms', must: MUST_P95_MS, better: 'lower' };
}

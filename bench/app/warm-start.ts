/**
 * From nothing to the chat list of an account with 10,000 messages, in a profile that has been used before: service
 * worker installed, caches and compiled code on disk. It is two waits, because in between a person types a password:
 *
 * - navigation start -> the password can be typed (its field has the focus), and
 * - Unlock pressed -> the first chat stands in the list, minus the password's derivation.
 *
 * The derivation is slow on purpose. It is measured in each start, where it happens: in the core's worker, around the
 * very call of WebCrypto that stretches the password.
 *
 * The peer is a page that mounts an empty Vue component, served by a relay of its own with the same headers, from the
 * HTTP cache, opened in the same browser in turn with the app: navigation start -> mounted. Both times are read by the
 * same script in the page, when the element stands in the page.
 *
 * The account is made by the app itself, its history is written by `fill-account.ts` into the app's files.
 */
import { chromium, expect, type BrowserContext, type Page } from '@playwright/test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPerson, PASSWORD } from '../../e2e/support/person.ts';
import { openProfile } from '../../e2e/support/profile.ts';
import type { BenchLine } from '../contract.ts';
import { serveEmptyPage } from './empty-page.ts';
import { fillAccount } from './fill-account.ts';
import { readVaultFiles, writeVaultFiles } from './origin-files.ts';
import { median, rounded } from '../statistics.ts';

const MESSAGES = 10_000;
const CHATS = 100;
const WARM_UP = 2;
const MUST_RATIO = 3;
const SLOW_MS = 60_000;
/** Nobody types a password of ten characters faster. */
const TYPING_MS = 1_000;

/** Milliseconds since navigation start. */
type Marks = { mounted?: number; interactive?: number; pressed?: number; listed?: number };
type Marked = { marks?: Marks };

/** Runs in each page before anything of the page does. */
const recordMarks = (): void => {
  const marks: Marks = {};
  (globalThis as Marked).marks = marks;
  const look = (): void => {
    if (document.querySelector('#app > p') !== null) marks.mounted ??= performance.now();
    if (document.querySelector('ul[aria-label="Conversations"] a') !== null) marks.listed ??= performance.now();
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true });
  const onFocus = ({ target }: FocusEvent): void => {
    if (target instanceof HTMLInputElement && target.type === 'password') marks.interactive ??= performance.now();
  };
  addEventListener('focusin', onFocus, { capture: true });
  addEventListener('submit', () => (marks.pressed ??= performance.now()), { capture: true });
};

const markOf = async (page: Page, name: keyof Marks): Promise<number> => {
  await page.waitForFunction((wanted) => (globalThis as Marked).marks?.[wanted] !== undefined, name, {
    polling: 50,
    timeout: SLOW_MS,
  });
  return (await page.evaluate((wanted) => (globalThis as Marked).marks?.[wanted], name)) ?? NaN;
};

/** The account's history is in place, and everything is cached. Answers the iterations of its password. */
const prepareAccount = async (context: BrowserContext, url: string): Promise<number> => {
  const page = await context.newPage();
  page.setDefaultTimeout(SLOW_MS);
  const owner = createPerson(page, url);
  await owner.createAccount({ name: 'Ines Duarte', handle: 'ines_d' });
  await expect(page.getByText(/^(Connecting|Offline)/)).toHaveCount(0, { timeout: SLOW_MS });
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.getByRole('button', { name: /^Menu of/ }).click();
  await page.getByRole('menuitem', { name: 'Lock now' }).click();
  await expect(page.getByRole('button', { name: 'Unlock' })).toBeVisible({ timeout: SLOW_MS });
  const files = await readVaultFiles(page);
  const filled = await fillAccount(files, { password: PASSWORD, messages: MESSAGES, chats: CHATS });
  await writeVaultFiles(page, filled.files);
  await page.close();
  return filled.kdfIterations;
};

type Timed = { derivationMs?: number };

/** In the core's worker: from now on the time of a password's derivation is kept. */
const timeDerivation = (): void => {
  const derive = crypto.subtle.deriveBits.bind(crypto.subtle);
  crypto.subtle.deriveBits = async (algorithm, ...rest) => {
    const startedMs = performance.now();
    const bits = await derive(algorithm, ...rest);
    if ((algorithm as Algorithm).name === 'PBKDF2') (globalThis as Timed).derivationMs = performance.now() - startedMs;
    return bits;
  };
};

type Start = { readonly interactiveMs: number; readonly openedMs: number; readonly derivationMs: number };

const startApp = async (context: BrowserContext, url: string): Promise<Start> => {
  const page = await context.newPage();
  await page.goto(url);
  const interactiveMs = await markOf(page, 'interactive');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  const core = page.workers()[0] ?? (await page.waitForEvent('worker', { timeout: SLOW_MS }));
  await core.evaluate(timeDerivation);
  await page.waitForTimeout(TYPING_MS);
  await page.keyboard.press('Enter');
  const waitedMs = (await markOf(page, 'listed')) - (await markOf(page, 'pressed'));
  const derivationMs = await core.evaluate(() => (globalThis as Timed).derivationMs);
  if (derivationMs === undefined) throw new Error('the password was not derived');
  const openedMs = waitedMs - derivationMs;
  const count = await page.getByRole('list', { name: 'Conversations' }).getByRole('link').count();
  if (count < 20) throw new Error(`the list shows ${count} chats only`);
  await page.close();
  return { interactiveMs, openedMs, derivationMs };
};

const startEmptyPage = async (context: BrowserContext, url: string): Promise<number> => {
  const page = await context.newPage();
  await page.goto(url);
  const mountedMs = await markOf(page, 'mounted');
  await page.close();
  return mountedMs;
};

export async function* measureWarmStart(url: string, count: number): AsyncIterable<BenchLine> {
  const profileDir = await mkdtemp(join(tmpdir(), 'sotto-bench-profile-'));
  const context = await openProfile(chromium, profileDir);
  try {
    await using empty = await serveEmptyPage();
    const kdfIterations = await prepareAccount(context, url);
    await context.addInitScript(recordMarks);

    const starts: Start[] = [];
    const emptyMs: number[] = [];
    for (let index = -WARM_UP; index < count; index += 1) {
      const start = await startApp(context, url);
      const mountedMs = await startEmptyPage(context, empty.url);
      if (index < 0) continue;
      starts.push(start);
      emptyMs.push(mountedMs);
    }
    yield* toLines(starts, emptyMs, kdfIterations);
  } finally {
    await context.close();
    await rm(profileDir, { recursive: true, force: true });
  }
}

function* toLines(starts: readonly Start[], emptyMs: readonly number[], kdfIterations: number): Iterable<BenchLine> {
  const value = median(starts.map(({ interactiveMs, openedMs }) => interactiveMs + openedMs));
  const baseline = median(emptyMs);
  yield {
    name: `app: warm start to the chat list with ${MESSAGES} messages, without the password derivation, median of ${starts.length}`,
    value: rounded(value),
    unit: 'ms',
    baseline: rounded(baseline),
    ratio: value / baseline,
    must: MUST_RATIO,
    better: 'lower',
  };
  const line = (name: string, values: readonly number[]): BenchLine => ({
    name: `app: warm start, ${name}`,
    value: rounded(median(values)),
    unit: 'ms',
    better: 'lower',
  });
  yield line(
    'navigation -> the password can be typed',
    starts.map(({ interactiveMs }) => interactiveMs),
  );
  yield line(
    'Unlock pressed -> list, without the derivation',
    starts.map(({ openedMs }) => openedMs),
  );
  yield line(
    `the derivation itself, ${kdfIterations} iterations`,
    starts.map(({ derivationMs }) => derivationMs),
  );
}

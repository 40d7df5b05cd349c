/** What it takes to seal a page, in every engine and by every implementation, beside libsodium in the same run. */
import { chromium, firefox, type Browser } from '@playwright/test';
import { build } from 'vite';
import { findBrowser } from '../../e2e/support/browsers.ts';
import type { BenchContext, BenchLine } from '../contract.ts';
import { sealPages, type Sealed } from './seal-pages.ts';

const ROUNDS = 30;
/** Ours must be worth having written: libsodium is audited. */
const MUST_OF_SIMD = 0.7;
/** Any origin that browsers trust with WebCrypto; nothing listens there, the page is given by hand. */
const ORIGIN = 'http://localhost/';

export const measurePageCiphers = async function* ({ scale }: BenchContext): AsyncGenerator<BenchLine> {
  const rounds = Math.max(3, Math.round(ROUNDS * scale));
  yield* linesOf('node', await sealPages(rounds));
  const script = await bundle();
  for (const name of ['chromium', 'firefox'] as const) {
    const options = findBrowser(name);
    if (options === undefined) continue;
    const browser = await { chromium, firefox }[name].launch({ ...options, headless: true });
    try {
      yield* linesOf(name, await sealIn(browser, script, rounds));
    } finally {
      await browser.close();
    }
  }
};

const linesOf = (engine: string, { libsodium = [], ...others }: Sealed): readonly BenchLine[] => {
  const baseline = quiet(libsodium);
  return Object.entries(others).map(([cipher, times]) => ({
    name: `storage: ${engine}: seal a page, ${cipher} / libsodium`,
    value: rounded(quiet(times)),
    unit: 'us',
    baseline: rounded(baseline),
    ratio: quiet(times) / baseline,
    better: 'lower' as const,
    ...(cipher === 'simd' ? { must: MUST_OF_SIMD } : {}),
  }));
};

const rounded = (value: number): number => Number(value.toPrecision(3));

/** The lower quartile: what it takes when the machine is left alone, as it is for a quarter of the time at least. */
const quiet = (values: readonly number[]): number => {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 4)] ?? Number.NaN;
};

const bundle = async (): Promise<string> => {
  const output = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      target: 'es2023',
      rollupOptions: { input: new URL('seal-pages.ts', import.meta.url).pathname },
    },
  });
  const [chunk, ...others] = [output].flat().flatMap((result) => ('output' in result ? result.output : []));
  if (chunk?.type !== 'chunk' || others.length > 0) throw new Error('the page was not bundled into one script');
  return chunk.code;
};

const sealIn = async (browser: Browser, script: string, rounds: number): Promise<Sealed> => {
  const page = await browser.newPage();
  const body = '<!doctype html><title>bench</title>';
  await page.route(`${ORIGIN}**`, (route) => route.fulfill({ contentType: 'text/html', body }));
  await page.goto(ORIGIN);
  await page.addScriptTag({ type: 'module', content: script });
  await page.waitForFunction(() => 'sealPages' in globalThis);
  type SealPages = typeof sealPages;
  return page.evaluate((count) => (globalThis as unknown as { sealPages: SealPages }).sealPages(count), rounds);
};

/**
 * What our engine adds to the library that it stands on: sealing and opening messages in real browsers, against the
 * library's own client over the same provider, in turns within one run.
 */
import { chromium, firefox, type Browser } from '@playwright/test';
import { build } from 'vite';
import { findBrowser, type BrowserName } from '../e2e/support/browsers.ts';
import type { BenchLine, BenchSuite } from './contract.ts';
import type { Measured } from './protocol/page.ts';

/** 1,000 messages each way, in many short turns: long enough for a browser's coarse clock, too short to be unlucky. */
const ROUNDS = 50;
const MESSAGES = 20;
const MUST = 1.2;
/** Any origin that browsers trust with WebCrypto; nothing listens there, the page is given by hand. */
const ORIGIN = 'http://localhost/';

const suite: BenchSuite = async function* ({ scale }) {
  const script = await bundlePage();
  for (const name of ['chromium', 'firefox'] as const) {
    const browser = await launch(name);
    if (browser === undefined) continue;
    try {
      const rounds = Math.max(5, Math.round(ROUNDS * scale));
      const { ours, bare } = await measureIn(browser, script, rounds);
      yield line(`${name}: encrypt a message`, quiet(ours.sealMs) / MESSAGES, quiet(bare.sealMs) / MESSAGES);
      yield line(`${name}: decrypt a message`, quiet(ours.openMs) / MESSAGES, quiet(bare.openMs) / MESSAGES);
      const perThousand = 1_000 / (rounds * MESSAGES);
      yield line(
        `${name}: decrypt 1,000 messages`,
        quietTotal(ours.openMs) * perThousand,
        quietTotal(bare.openMs) * perThousand,
      );
    } finally {
      await browser.close();
    }
  }
};

export default suite;

const line = (name: string, value: number, baseline: number): BenchLine => ({
  name: `protocol: ${name}, our engine / the library's client`,
  value: round(value),
  unit: 'ms',
  baseline: round(baseline),
  ratio: value / baseline,
  must: MUST,
  better: 'lower',
});

const round = (value: number): number => Number(value.toPrecision(4));

/** The lower quartile: what it takes when the machine is left alone, as it is for a quarter of the time at least. */
const quiet = (values: readonly number[]): number => {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 4)] ?? Number.NaN;
};

/** All rounds, as the quieter half of them goes. */
const quietTotal = (values: readonly number[]): number => {
  const sorted = [...values].sort((left, right) => left - right);
  const half = sorted.slice(0, Math.ceil(sorted.length / 2));
  return (half.reduce((total, value) => total + value, 0) * sorted.length) / half.length;
};

const bundlePage = async (): Promise<string> => {
  const output = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      target: 'es2023',
      rollupOptions: { input: new URL('protocol/page.ts', import.meta.url).pathname, output: { format: 'iife' } },
    },
  });
  const chunk = [output].flat().flatMap((result) => ('output' in result ? result.output : []))[0];
  if (chunk?.type !== 'chunk') throw new Error('the page was not bundled');
  return chunk.code;
};

const launch = async (name: BrowserName): Promise<Browser | undefined> => {
  const options = findBrowser(name);
  return options && { chromium, firefox }[name].launch({ ...options, headless: true });
};

const measureIn = async (browser: Browser, script: string, rounds: number): Promise<Measured> => {
  const page = await browser.newPage();
  const body = '<!doctype html><title>bench</title>';
  await page.route(`${ORIGIN}**`, (route) => route.fulfill({ contentType: 'text/html', body }));
  await page.goto(ORIGIN);
  await page.addScriptTag({ content: script });
  type Measure = (rounds: number, messages: number) => Promise<Measured>;
  return page.evaluate(
    ([roundCount, messages]) => (globalThis as unknown as { measure: Measure }).measure(roundCount, messages),
    [rounds, MESSAGES] as const,
  );
};

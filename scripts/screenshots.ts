/**
 * Pictures of the page over the fake core: those of the README by default, `-- all <folder>` every screen in both
 * sizes and both themes, to look at while working on it; `-- axe` asks axe about every screen instead.
 */
import { AxeBuilder } from '@axe-core/playwright';
import { chromium, type Browser, type Page } from '@playwright/test';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findBrowser } from '../e2e/support/browsers.ts';
import { startFakeServer } from '../src/ui/testing/fake-server.ts';
import { SCREENS, type Screen } from '../src/ui/testing/screens.ts';

const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1280, height: 800 };
type Size = typeof PHONE;
type Theme = 'light' | 'dark';

/** A fixed Monday afternoon, so that pictures differ only when the page does. */
const NOW = new Date('2026-11-23T14:36:00');

const README_PICTURES: readonly { screen: string; size: Size; theme: Theme }[] = [
  { screen: 'conversation', size: DESKTOP, theme: 'light' },
  { screen: 'conversation', size: DESKTOP, theme: 'dark' },
  { screen: 'conversation-group', size: PHONE, theme: 'light' },
  { screen: 'chats', size: PHONE, theme: 'dark' },
  { screen: 'details', size: PHONE, theme: 'light' },
];

const sizeName = (size: Size) => (size === PHONE ? 'phone' : 'desktop');
const screenNamed = (name: string): Screen => {
  const found = SCREENS.find((screen) => screen.name === name);
  if (found === undefined) throw new Error(`no screen is called ${name}`);
  return found;
};

const visit = async (browser: Browser, url: string, screen: Screen, size: Size, theme: Theme): Promise<Page> => {
  const context = await browser.newContext({
    viewport: size,
    colorScheme: theme,
    locale: 'en-GB',
    reducedMotion: 'reduce',
    hasTouch: size === PHONE,
    deviceScaleFactor: size === PHONE ? 2 : 1,
  });
  const page = await context.newPage();
  page.on('pageerror', (error) => console.error(`${screen.name}: ${error.message}`));
  page.on('console', (line) => {
    if (line.type() === 'error' || line.type() === 'warning') console.error(`${screen.name}: ${line.text()}`);
  });
  await page.clock.setFixedTime(NOW);
  await page.goto(`${url}?mode=${screen.mode}${screen.hash}`);
  await page.locator('#app > *').first().waitFor();
  await page.waitForLoadState('networkidle');
  await screen.steps?.(page);
  await page.waitForTimeout(350);
  return page;
};

const { positionals } = parseArgs({ allowPositionals: true });
const [task = 'readme', argument] = positionals;
const server = await startFakeServer();
const browser = await chromium.launch(findBrowser('chromium'));
let violations = 0;

const picture = async (screen: Screen, size: Size, theme: Theme, folder: string, type: 'png' | 'webp') => {
  const page = await visit(browser, server.url, screen, size, theme);
  const path = join(folder, `${screen.name}-${sizeName(size)}-${theme}.${type}`);
  const png = await page.screenshot();
  await writeFile(path, type === 'png' ? png : await toWebp(png));
  await page.context().close();
};

/** The browser itself is the encoder: a third of the size, and no tool more to install. */
const toWebp = async (png: Buffer): Promise<Buffer> => {
  const page = await browser.newPage();
  const encoded = await page.evaluate(
    async (source) => {
      const bitmap = await createImageBitmap(await (await fetch(source)).blob());
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
      const blob = await canvas.convertToBlob({ type: 'image/webp', quality: 0.9 });
      const bytes = new Uint8Array(await blob.arrayBuffer());
      return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
    },
    `data:image/png;base64,${png.toString('base64')}`,
  );
  await page.close();
  return Buffer.from(encoded, 'base64');
};

const ask = async (screen: Screen, size: Size, theme: Theme) => {
  const page = await visit(browser, server.url, screen, size, theme);
  const found = (await new AxeBuilder({ page }).analyze()).violations;
  violations += found.length;
  for (const { id, help, nodes } of found) {
    console.log(`${screen.name} ${sizeName(size)} ${theme}: ${id}: ${help}`);
    for (const { html, failureSummary } of nodes.slice(0, 3))
      console.log(`    ${html.slice(0, 200)}\n    ${failureSummary}`);
  }
  await page.context().close();
};

try {
  if (task === 'readme') {
    const folder = 'docs/pictures';
    await mkdir(folder, { recursive: true });
    for (const { screen, size, theme } of README_PICTURES)
      await picture(screenNamed(screen), size, theme, folder, 'webp');
  } else {
    const folder = argument ?? 'test-results/screens';
    await mkdir(folder, { recursive: true });
    const only = positionals.slice(2);
    const wanted = only.length === 0 ? SCREENS : only.map(screenNamed);
    for (const screen of wanted)
      for (const size of [PHONE, DESKTOP])
        for (const theme of ['light', 'dark'] as const)
          if (task === 'axe') await ask(screen, size, theme);
          else await picture(screen, size, theme, folder, 'png');
  }
} finally {
  await browser.close();
  await server.stop();
}
if (task === 'axe') console.log(`${violations} violations on ${SCREENS.length} screens`);
process.exitCode = violations > 0 ? 1 : 0;

/** The built app as a relay serves it: its headers, its service worker, and how a release follows another. */
import type { Page } from '@playwright/test';
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRelayProcess, type RelayProcess } from '../relay/testing/relay-process.ts';
import { parseRelease, releaseIdText } from '../src/shell/release.ts';
import { DIST_DIR, expect, test as base } from './support/relay.ts';

/** A relay that serves a copy of the built app, which a test may change. */
const test = base.extend<{ dist: string; server: RelayProcess }>({
  dist: async ({}, use) => {
    const directory = await mkdtemp(join(tmpdir(), 'sotto-dist-'));
    await cp(DIST_DIR, directory, { recursive: true });
    await use(directory);
    await rm(directory, { recursive: true, force: true });
  },
  server: async ({ relayDataDir, dist }, use) => {
    const server = await startRelayProcess({ dataDir: relayDataDir, distDir: dist });
    await use(server);
    await server.stop();
  },
});

/** Makes the app in `dist` another release: the same, with another title. */
const publish = async (dist: string, title: string): Promise<void> => {
  const page = join(dist, 'index.html');
  const text = (await readFile(page, 'utf8')).replace(/<title>.*<\/title>/, `<title>${title}</title>`);
  const release = parseRelease(await readFile(join(dist, 'release.json'), 'utf8'));
  if (!release.ok) throw new Error(release.error.detail);
  const sha384 = createHash('sha384').update(text).digest('base64');
  const bytes = Buffer.byteLength(text);
  const files = release.value.files.map((file) => (file.path === 'index.html' ? { ...file, sha384, bytes } : file));
  const id = createHash('sha384').update(releaseIdText(files)).digest('hex').slice(0, 32);
  await writeFile(page, text);
  await writeFile(join(dist, 'release.json'), JSON.stringify({ ...release.value, id, files }));
  for (const name of ['index.html.br', 'release.json.br']) await rm(join(dist, name), { force: true });
};

/** What a browser without accounts shows, once the core's worker has answered that there are none. */
const lobby = (page: Page) => page.getByRole('link', { name: 'Create an account' });

const untilServed = (page: Page) => page.waitForFunction(() => navigator.serviceWorker.controller !== null);

const tellShell = (page: Page, type: string): Promise<unknown> =>
  page.evaluate(
    (message) =>
      new Promise((resolve) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = ({ data }) => resolve(data);
        navigator.serviceWorker.controller?.postMessage(message, [port2]);
      }),
    { type },
  );

/** The title of the page that a reload would show. */
const servedTitle = (page: Page): Promise<string | undefined> =>
  page.evaluate(async () => /<title>(.*)<\/title>/.exec(await (await fetch('/')).text())?.[1]);

test('starts under its own strict headers, worker and engine included, without one violation @firefox', async ({
  page,
  server,
}) => {
  const complaints: string[] = [];
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      console.error(`violation: ${violatedDirective} ${blockedURI}`),
    );
  });
  const response = await page.goto(server.url);
  expect(response?.headers()['content-security-policy']).toContain("require-trusted-types-for 'script'");
  await expect(lobby(page)).toBeVisible();
  await untilServed(page);
  await page.reload();
  await expect(lobby(page)).toBeVisible();
  expect(complaints).toEqual([]);
});

test('opens without a network after one visit, with the headers that the relay sent @firefox', async ({
  page,
  server,
}) => {
  await page.goto(server.url);
  await untilServed(page);
  await server.kill();
  await page.reload();
  await expect(lobby(page)).toBeVisible();
  const headers = await page.evaluate(async () => {
    const policyOf = async (url: string) => (await fetch(url)).headers.get('content-security-policy');
    const worker = performance.getEntriesByType('resource').find(({ name }) => name.includes('core.worker'));
    return { page: await policyOf('/'), worker: worker && (await policyOf(worker.name)) };
  });
  expect(headers.page).toContain("default-src 'none'");
  expect(headers.worker).toBe(headers.page);
});

test('stays on its release until it is asked to change, then changes as a whole @firefox', async ({
  page,
  server,
  dist,
}) => {
  await page.goto(server.url);
  await untilServed(page);
  expect(await tellShell(page, 'CHECK_RELEASE')).toBe('current');

  await publish(dist, 'Next');
  await server.restart();
  expect(await tellShell(page, 'CHECK_RELEASE')).toBe('waiting');
  expect(await servedTitle(page)).toBe('Sotto');
  await page.reload();
  expect(await servedTitle(page)).toBe('Sotto');

  expect(await tellShell(page, 'SWITCH_RELEASE')).toBe(true);
  await server.kill();
  await page.reload();
  expect(await servedTitle(page)).toBe('Next');
  await expect(lobby(page)).toBeVisible();
});

test('refuses a release in which one byte differs, and goes on with the one it has @firefox', async ({
  page,
  server,
  dist,
}) => {
  await page.goto(server.url);
  await untilServed(page);
  await publish(dist, 'Next');
  await writeFile(join(dist, 'appearance.js'), `${await readFile(join(dist, 'appearance.js'), 'utf8')} `);
  await rm(join(dist, 'appearance.js.br'), { force: true });
  await server.restart();
  expect(await tellShell(page, 'CHECK_RELEASE')).toBe('failed');
  expect(await tellShell(page, 'SWITCH_RELEASE')).toBe(false);
  await page.reload();
  expect(await servedTitle(page)).toBe('Sotto');
});

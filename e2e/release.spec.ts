/** The built app as a relay serves it: its headers, its service worker, and how a release follows another. */
import type { Page } from '@playwright/test';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publish, test } from './support/publish.ts';
import { expect } from './support/relay.ts';

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
  await writeFile(join(dist, 'icon.svg'), `${await readFile(join(dist, 'icon.svg'), 'utf8')} `);
  await rm(join(dist, 'icon.svg.br'), { force: true });
  await server.restart();
  expect(await tellShell(page, 'CHECK_RELEASE')).toBe('failed');
  expect(await tellShell(page, 'SWITCH_RELEASE')).toBe(false);
  await page.reload();
  expect(await servedTitle(page)).toBe('Sotto');
});

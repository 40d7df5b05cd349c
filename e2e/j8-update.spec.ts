/** A new version of the app, as somebody meets it who is in the middle of a sentence. */
import type { Page } from '@playwright/test';
import { createPerson } from './support/person.ts';
import { publish, test } from './support/publish.ts';
import { expect } from './support/relay.ts';

const bar = (page: Page) => page.getByRole('region', { name: 'Update' });
const servedTitle = (page: Page): Promise<string | undefined> =>
  page.evaluate(async () => /<title>(.*)<\/title>/.exec(await (await fetch('/')).text())?.[1]);

test('an update waits for a word, keeps the sentence that is being written, and is told to the other window', async ({
  browser,
  server,
  dist,
}) => {
  const context = await browser.newContext();
  const ada = createPerson(await context.newPage(), server.url);
  const { page } = ada;
  const faults: string[] = [];
  context.on('weberror', (fault) => faults.push(fault.error().message));
  await ada.createAccount({ name: 'Ada', handle: 'ada' });
  const noor = createPerson(await (await browser.newContext()).newPage(), server.url);
  await noor.createAccount({ name: 'Noor', handle: 'noor' });
  await ada.addByHandle('noor');
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);

  // A second window of the same account works through the first.
  const second = createPerson(await context.newPage(), server.url);
  await second.page.goto(page.url());
  await expect(second.composer()).toBeVisible();

  await publish(dist, 'Next');
  await server.restart();
  await page.bringToFront();
  await page.getByRole('button', { name: /^Menu of/ }).click();
  await page.getByRole('menuitem', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Check for updates' }).click();
  await expect(bar(page)).toContainText('A new version is ready');
  expect(await servedTitle(page)).toBe('Sotto');
  await page.goBack();

  // Typed and restarted faster than any pause in which drafts are stored, without a pointer.
  await ada.composer().focus();
  await page.keyboard.type('Half a sentence that must');
  const restart = bar(page).getByRole('button', { name: 'Restart now' });
  await restart.focus();
  await page.keyboard.press('Enter');
  // The other window takes the account over, so nobody is asked for a password, and nothing typed is lost.
  await expect(async () => expect(await servedTitle(page)).toBe('Next')).toPass({ timeout: 30_000 });
  await expect(ada.composer()).toHaveValue('Half a sentence that must', { timeout: 30_000 });
  await expect(bar(page)).toBeHidden();

  // It was not reloaded under somebody's hands; it was told.
  await second.page.bringToFront();
  await expect(bar(second.page)).toBeVisible();
  await expect(second.composer()).toBeVisible();
  await bar(second.page).getByRole('button', { name: 'Not now' }).click();
  await expect(bar(second.page)).toBeHidden();
  expect(faults).toEqual([]);
});

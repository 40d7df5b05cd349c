import type { Page } from '@playwright/test';
import { openAnotherWindow, untilStandingBy } from './support/hand-over.ts';
import { createPerson, PASSWORD } from './support/person.ts';
import { expect, test } from './support/relay.ts';

const openSettings = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: /^Menu of/ }).click();
  await page.getByRole('menuitem', { name: 'Settings' }).click();
  await expect(page.getByRole('heading', { name: 'Settings' })).toBeVisible();
};

const renew = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Renew encryption key' }).click();
  await page.getByLabel('Current password').fill(PASSWORD);
  await page.keyboard.press('Enter');
};

test('the encryption key is renewed, the browser is killed after it began, and every message is there', async ({
  browser,
  newDevice,
  relay,
}) => {
  const device = await newDevice();
  let dmitri = await device.open();
  await dmitri.createAccount({ name: 'Dmitri Volkov', handle: 'dmitri' });
  const amara = createPerson(await (await browser.newContext()).newPage(), relay.url);
  await amara.createAccount({ name: 'Amara Mensah' });
  await amara.addByHandle('dmitri');
  await amara.send('Amara number 0.');
  await dmitri.acceptRequest();
  await expect(dmitri.message('Amara number 0.')).toBeVisible();

  await openSettings(dmitri.page);
  await renew(dmitri.page);
  await amara.send('Amara number 1.');
  // The header has both keys from here on. A history as short as this one may be through already.
  await expect(dmitri.page.getByText(/^(Renewing the|The) encryption key/).first()).toBeVisible();
  await device.kill();
  dmitri = await device.open();
  await dmitri.unlock(PASSWORD);
  await dmitri.openChat('Amara Mensah');
  await expect.poll(() => dmitri.texts(/ number /)).toEqual(['Amara number 0.', 'Amara number 1.']);

  // Another window stands by with the key of now. It is given the new one, and goes on with it when this one ends.
  const context = dmitri.page.context();
  const second = createPerson(await openAnotherWindow(context, relay.url), relay.url);
  await untilStandingBy(second.page, 1);
  await openSettings(dmitri.page);
  // The first renewal went on by itself, and may be at its end only now: what is said of it is not meant below.
  await expect(dmitri.page.getByText(/^Last renewed on/)).toBeVisible();
  await expect(dmitri.page.getByText('The encryption key was renewed.')).toBeHidden();
  await renew(dmitri.page);
  await expect(dmitri.page.getByText('The encryption key was renewed.')).toBeVisible();
  await expect(dmitri.page.getByText(/^Last renewed on/)).toBeVisible();
  await dmitri.page.close();
  await second.openChat('Amara Mensah');
  await second.send('Dmitri number 1.');
  await expect(amara.message('Dmitri number 1.')).toBeVisible();
  expect(await second.texts(/ number /)).toEqual(['Amara number 0.', 'Amara number 1.', 'Dmitri number 1.']);
  expect(await second.page.getByLabel('Password', { exact: true }).count()).toBe(0);
});

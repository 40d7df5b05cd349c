import type { BrowserType } from '@playwright/test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPerson, PASSWORD } from './support/person.ts';
import { killBrowser, openProfile } from './support/profile.ts';
import { expect, test } from './support/relay.ts';

const reopen = async (browserType: BrowserType, directory: string, url: string) => {
  const context = await openProfile(browserType, directory);
  const person = createPerson(await context.newPage(), url);
  await person.page.goto(url);
  return { context, person };
};

const numbered = (who: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${who} number ${index + 1}.`);

test('J3: the browser is killed with a request unanswered, then while sending and receiving; the history is whole', async ({
  browser,
  playwright,
  relay,
}) => {
  const directory = await mkdtemp(join(tmpdir(), 'sotto-profile-'));
  const first = await openProfile(playwright.chromium, directory);
  const asked = createPerson(await first.newPage(), relay.url);
  await asked.createAccount({ name: 'Dmitri Volkov', handle: 'dmitri' });
  const amara = createPerson(await (await browser.newContext()).newPage(), relay.url);
  await amara.createAccount({ name: 'Amara Mensah' });
  await amara.addByHandle('dmitri');
  await amara.send('Amara number 0.');
  await expect(asked.page.getByRole('link', { name: /Requests/ })).toBeVisible();
  expect(await killBrowser(directory)).toBeGreaterThan(0);

  const { person: dmitri } = await reopen(playwright.chromium, directory, relay.url);
  await dmitri.unlock(PASSWORD);
  await dmitri.acceptRequest();
  await expect(dmitri.message('Amara number 0.')).toBeVisible();

  const outgoing = numbered('Dmitri', 12);
  const incoming = numbered('Amara', 12);
  const stored: string[] = [];
  const write = (async () => {
    for (const text of outgoing) {
      await dmitri.send(text);
      await expect(dmitri.message(text)).toHaveAccessibleName(/Stored here|At the relay|On their device/);
      stored.push(text);
    }
  })().catch(() => undefined); // the browser dies under it
  const answer = (async () => {
    for (const text of incoming) await amara.send(text);
  })();
  await expect.poll(() => stored.length).toBeGreaterThan(4);
  expect(await killBrowser(directory)).toBeGreaterThan(0);
  await write;
  await answer;

  const { context, person: again } = await reopen(playwright.chromium, directory, relay.url);
  await again.unlock('not the password');
  await expect(again.page.getByRole('alert')).toContainText('That is not the password of this account');
  await again.unlock(PASSWORD);
  await again.openChat('Amara Mensah');
  for (const text of stored) await expect(again.message(text)).toHaveCount(1);
  for (const text of incoming) await expect(again.message(text)).toHaveCount(1, { timeout: 30_000 });
  for (const text of stored) await expect(amara.message(text)).toHaveCount(1, { timeout: 30_000 });
  await expect(again.timeline().getByRole('article', { name: /Stored here|At the relay/ })).toHaveCount(0, {
    timeout: 30_000,
  });
  // Each author's in the order of writing, and both in one order that is the same on both sides.
  const seen = await amara.texts(/ number [1-9]/);
  expect(seen.filter((text) => text.startsWith('Amara'))).toEqual(incoming);
  const hers = seen.filter((text) => text.startsWith('Dmitri'));
  expect(hers).toEqual(outgoing.slice(0, hers.length));
  expect(await again.texts(/ number [1-9]/)).toEqual(seen);
  await context.close();
  await rm(directory, { recursive: true, force: true });
});

/** From the first message to somebody unknown: while the group is made and sealed, and with the request on its way. */
const FIRST_CONTACT_KILLS_MS = [0, 400];

test('J3: the browser is killed while its owner writes to somebody for the first time; the request arrives, once', async ({
  browser,
  playwright,
  relay,
}) => {
  const directory = await mkdtemp(join(tmpdir(), 'sotto-profile-'));
  const amara = createPerson(await (await browser.newContext()).newPage(), relay.url);
  await amara.createAccount({ name: 'Amara Mensah', handle: 'amara' });
  let { context, person: dmitri } = await reopen(playwright.chromium, directory, relay.url);
  await dmitri.createAccount({ name: 'Dmitri Volkov' });
  await dmitri.addByHandle('amara');
  const asked = numbered('Dmitri', FIRST_CONTACT_KILLS_MS.length);
  for (const [index, afterMs] of FIRST_CONTACT_KILLS_MS.entries()) {
    const text = asked[index]!;
    await dmitri.composer().fill(text);
    await dmitri.composer().press('Enter');
    await expect(dmitri.message(text)).toHaveAccessibleName(/Stored here|At the relay/);
    await dmitri.page.waitForTimeout(afterMs);
    expect(await killBrowser(directory)).toBeGreaterThan(0);

    ({ context, person: dmitri } = await reopen(playwright.chromium, directory, relay.url));
    await dmitri.unlock(PASSWORD);
    await dmitri.openChat('amara');
    for (const earlier of asked.slice(0, index + 1)) await expect(dmitri.message(earlier)).toHaveCount(1);
  }
  await amara.acceptRequest();
  await expect.poll(() => amara.texts(/ number /), { timeout: 30_000 }).toEqual(asked);
  await amara.send('Who is that?');
  await expect(dmitri.message('Who is that?')).toHaveCount(1, { timeout: 30_000 });
  expect(await dmitri.texts(/ number /)).toEqual(asked);
  await context.close();
  await rm(directory, { recursive: true, force: true });
});

/** From the press of the button: while the password is stretched, while the first files are written, after them. */
const CREATION_KILLS_MS = [50, 500, 1_000, 2_000];

test('J3: the browser is killed while an account is made; there is none afterwards, or a whole one', async ({
  playwright,
  relay,
}) => {
  for (const afterMs of CREATION_KILLS_MS) {
    await test.step(`after ${afterMs} ms`, async () => {
      const directory = await mkdtemp(join(tmpdir(), 'sotto-profile-'));
      const first = await openProfile(playwright.chromium, directory);
      const page = await first.newPage();
      await page.goto(relay.url);
      await page.getByRole('link', { name: /Create (an|another) account/ }).click();
      await page.getByRole('textbox', { name: 'Your name' }).fill('Ines Okoro');
      await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
      await page.getByLabel('Password, once more').fill(PASSWORD);
      await page.getByRole('button', { name: 'Create account' }).click();
      await page.waitForTimeout(afterMs);
      expect(await killBrowser(directory)).toBeGreaterThan(0);

      const { context, person: again } = await reopen(playwright.chromium, directory, relay.url);
      const password = again.page.getByLabel('Password', { exact: true });
      const welcome = again.page.getByRole('link', { name: /Create (an|another) account/ });
      await expect(password.or(welcome).first()).toBeVisible();
      if (await password.isVisible()) await again.unlock(PASSWORD);
      else await again.createAccount({ name: 'Ines Okoro' });
      await expect(again.page.getByRole('heading', { name: 'Chats' })).toBeVisible({ timeout: 30_000 });
      await context.close();
      await rm(directory, { recursive: true, force: true });
    });
  }
});

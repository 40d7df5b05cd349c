import type { BrowserContext, BrowserType, Page } from '@playwright/test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBrowser } from './support/browsers.ts';
import { createPerson, PASSWORD } from './support/person.ts';
import { expect, test } from './support/relay.ts';

/** A Firefox of which every window is a private one. */
const openPrivately = (firefox: BrowserType, profile: string): Promise<BrowserContext> => {
  const launch = findBrowser('firefox');
  const firefoxUserPrefs = { ...launch?.firefoxUserPrefs, 'browser.privatebrowsing.autostart': true };
  return firefox.launchPersistentContext(profile, { ...launch, firefoxUserPrefs });
};

/**
 * Notes on the page whether it has said so before the form was sent: the core answers, and the words appear, a moment
 * after the screen.
 */
const noteTold = (page: Page): Promise<unknown> =>
  page.addInitScript(() => {
    const observer = new MutationObserver(() => {
      if (!document.body?.textContent.includes('nothing is kept when you close this window')) return;
      document.documentElement.dataset.told = '';
    });
    observer.observe(document, { childList: true, subtree: true });
    addEventListener('submit', () => observer.disconnect(), { capture: true });
  });

test('J0: in a private window of Firefox an account works and outlives a lock, or the app says before that nothing stays @firefox', async ({
  playwright,
  browserName,
  relay,
}) => {
  test.skip(browserName !== 'firefox', 'the windows of all these journeys are private ones in Chromium');
  const profile = await mkdtemp(join(tmpdir(), 'sotto-private-'));
  const context = await openPrivately(playwright.firefox, profile);
  const olga = createPerson(await context.newPage(), relay.url);
  await noteTold(olga.page);
  await olga.createAccount({ name: 'Olga' });
  const isTold = (await olga.page.locator('html[data-told]').count()) > 0;
  await expect(olga.page.getByText('All of it is gone when you close this window')).toHaveCount(isTold ? 1 : 0);

  await olga.page.getByRole('button', { name: /^Menu of/ }).click();
  await olga.page.getByRole('menuitem', { name: 'Lock now' }).click();
  if (isTold) await expect(olga.page.getByRole('link', { name: /Create (an|another) account/ })).toBeVisible();
  else {
    await olga.unlock(PASSWORD);
    await expect(olga.page.getByRole('heading', { name: 'Chats' })).toBeVisible();
  }
  await context.close();

  // It was a private one: the same profile knows nothing of it.
  const later = await openPrivately(playwright.firefox, profile);
  const page = await later.newPage();
  await page.goto(relay.url);
  await expect(page.getByRole('link', { name: 'Create an account' })).toBeVisible();
  await later.close();
  await rm(profile, { recursive: true, force: true });
});

/** What somebody is writing when the core goes away under the page: with the window that led it, or by a crash. */
import { expect, test, type Page } from '@playwright/test';
import { PASSWORD } from '../src/ui/testing/fake-core.ts';
import { startFakeServer, type FakeServer } from '../src/ui/testing/fake-server.ts';
import { SCREENS } from '../src/ui/testing/screens.ts';

let server: FakeServer;
test.beforeAll(async () => {
  server = await startFakeServer();
});
test.afterAll(async () => {
  await server.stop();
});

const openConversation = async (page: Page): Promise<void> => {
  const screen = SCREENS.find(({ name }) => name === 'conversation')!;
  await page.goto(`${server.url}?mode=${screen.mode}${screen.hash}`);
  await screen.steps?.(page);
};
const composer = (page: Page) => page.getByRole('textbox', { name: 'Message to Noor Haddad' });
const unlock = async (page: Page): Promise<void> => {
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.keyboard.press('Enter');
};

/** One task for the letters and the end, so that no pause in which drafts are stored can come between. */
const typeAndLoseTheCore = (page: Page, text: string): Promise<void> =>
  composer(page).evaluate(async (field: HTMLTextAreaElement, typed) => {
    field.value = typed;
    field.dispatchEvent(new Event('input'));
    await Promise.resolve();
    await fakeCore.lock();
  }, text);

test('is there again after the unlock, and is stored then', async ({ page }) => {
  await openConversation(page);
  await typeAndLoseTheCore(page, 'Half a sentence');
  await unlock(page);
  await expect(composer(page)).toHaveValue('Half a sentence');
  await expect
    .poll(() => page.evaluate(() => [...fakeCore.world().conversations.values()].map(({ draft }) => draft)))
    .toContain('Half a sentence');
});

test('does not turn up in another conversation, nor in the storage of the page', async ({ page }) => {
  await openConversation(page);
  await typeAndLoseTheCore(page, 'Half a sentence');
  await expect(page.getByLabel('Password', { exact: true })).toBeVisible();
  const stored = await page.evaluate(() => JSON.stringify([history.state, { ...localStorage }, { ...sessionStorage }]));
  expect(stored).not.toContain('Half');
  await expect(page.locator('body')).not.toContainText('Half');
  await unlock(page);
  await page.getByRole('link', { name: 'Jonas Thelen' }).click();
  await expect(page.getByRole('textbox', { name: 'Message to Jonas Thelen' })).toHaveValue('');
});

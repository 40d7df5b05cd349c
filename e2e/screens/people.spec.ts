/** People who were turned away: how they are let in again, and what the other window sees of it. */
import { expect, test, type Page } from '@playwright/test';
import { startFakeServer, type FakeServer } from '../../src/ui/testing/fake-server.ts';
import { SCREENS } from '../../src/ui/testing/screens.ts';

let server: FakeServer;
test.beforeAll(async () => {
  server = await startFakeServer();
});
test.afterAll(async () => {
  await server.stop();
});

const open = async (page: Page, wanted: string): Promise<void> => {
  const screen = SCREENS.find(({ name }) => name === wanted)!;
  await page.goto(`${server.url}?mode=${screen.mode}${screen.hash}`);
  await screen.steps?.(page);
};

test('somebody blocked from a request is unblocked under New chat, by keyboard alone @firefox', async ({ page }) => {
  await open(page, 'people-blocked');
  await expect(page.getByRole('listitem').filter({ hasText: 'Tomasz' })).toContainText('Blocked');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Unblock Tomasz' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status').filter({ hasText: 'Tomasz can write to you again.' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Contacts' })).toBeFocused();
  expect(await page.evaluate(() => [...fakeCore.world().contacts.values()].some(({ name }) => name === 'Tomasz'))).toBe(
    false,
  );
});

test('somebody blocked whose chat is still here is unblocked there too', async ({ page }) => {
  await open(page, 'people-blocked');
  await page.getByLabel('Find a contact').fill('Bruno');
  await page.getByRole('button', { name: 'Unblock Bruno Keller' }).click();
  await expect(page.getByRole('button', { name: 'Unblock Bruno Keller' })).toBeHidden();
  await page.getByRole('button', { name: 'Bruno Keller' }).click();
  await expect(page.getByRole('textbox', { name: 'Message to Bruno Keller' })).toBeVisible();
});

test('a request that another window declines is gone here', async ({ page }) => {
  await open(page, 'request');
  await page.evaluate(async () => {
    const conversationId = fakeCore.conversationTitled('Tomasz');
    await fakeCore.api.declineRequest({ conversationId, block: false });
  });
  await expect(page.getByText('This conversation is no longer here.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Accept' })).toBeHidden();
  await page.getByRole('button', { name: 'Back' }).click();
  await expect(page.getByRole('link', { name: /Requests/ })).toContainText('1 person');
});

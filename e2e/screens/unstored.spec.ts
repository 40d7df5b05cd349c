/** A change that finds no room says so, and is not shown as if it were made. */
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

const open = async (page: Page, name: string, failing: string): Promise<void> => {
  const screen = SCREENS.find((one) => one.name === name)!;
  await page.goto(`${server.url}?mode=${screen.mode},fail-${failing}:storage-full${screen.hash}`);
};
const sentence = (page: Page) => page.getByText('This device has no room left');

test('of how chats behave', async ({ page }) => {
  await open(page, 'settings', 'changeSettings');
  const enterSends = page.getByRole('switch', { name: /^Enter sends/ });
  await expect(enterSends).toBeChecked();
  await enterSends.press('Space');
  await expect(sentence(page)).toBeVisible();
  await expect(enterSends).toBeChecked();
});

test('of when an account locks by itself', async ({ page }) => {
  await open(page, 'settings', 'changeSettings');
  const [quarter, hour] = [15, 60].map((minutes) => page.getByRole('radio', { name: `${minutes} min` }));
  await expect(quarter!).toBeChecked();
  await hour!.press('Space');
  await expect(sentence(page)).toBeVisible();
  await expect(quarter!).toBeChecked();
});

test('of having read what an older copy means', async ({ page }) => {
  await open(page, 'older-copy', 'noteOlderCopyRead');
  const read = page.getByRole('button', { name: 'I have read this' });
  await read.press('Enter');
  await expect(sentence(page)).toBeVisible();
  await expect(read).toBeVisible();
});

test('of a deleted message: that even this needs room, and where it comes from', async ({ page }) => {
  await open(page, 'message-delete', 'deleteMessage');
  await SCREENS.find(({ name }) => name === 'message-delete')!.steps?.(page);
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText('too full even to delete')).toContainText('outside of Sotto');
  await expect(sentence(page)).toBeHidden();
  await expect(page.getByRole('log').getByRole('article').last()).toContainText('Half past eight');
});

test('of a declined request, which deletes, too', async ({ page }) => {
  await open(page, 'request', 'declineRequest');
  await SCREENS.find(({ name }) => name === 'request')!.steps?.(page);
  await page.getByRole('button', { name: 'Decline' }).click();
  await expect(page.getByText('too full even to delete')).toContainText('outside of Sotto');
  await expect(page.getByRole('button', { name: 'Decline' })).toBeVisible();
});

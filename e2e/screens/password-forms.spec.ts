/** The two forms of the settings that ask for the password: changing it, and renewing the encryption key. */
import { expect, test, type Page } from '@playwright/test';
import { PASSWORD } from '../../src/ui/testing/fake-core.ts';
import { startFakeServer, type FakeServer } from '../../src/ui/testing/fake-server.ts';
import { SCREENS } from '../../src/ui/testing/screens.ts';

let server: FakeServer;
test.beforeAll(async () => {
  server = await startFakeServer();
});
test.afterAll(async () => {
  await server.stop();
});

const openSettings = async (page: Page): Promise<void> => {
  const { mode, hash } = SCREENS.find(({ name }) => name === 'settings')!;
  await page.goto(`${server.url}?mode=${mode}${hash}`);
};

for (const action of ['Change password', 'Renew encryption key']) {
  test(`${action}: what was typed and then cancelled is forgotten, by keyboard alone`, async ({ page }) => {
    await openSettings(page);
    const current = page.getByLabel('Current password');
    for (const attempt of ['first', 'second']) {
      await page.getByRole('button', { name: action }).focus();
      await page.keyboard.press('Enter');
      await expect(current).toBeFocused();
      await expect(current, attempt).toHaveValue('');
      await page.keyboard.type('not the password');
      await page.getByRole('button', { name: 'Cancel' }).focus();
      await page.keyboard.press('Enter');
      await expect(current).toBeHidden();
    }
  });
}

test('the password is changed by keyboard alone, after a slip', async ({ page }) => {
  await openSettings(page);
  await page.getByRole('button', { name: 'Change password' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('Current password')).toBeFocused();
  await page.keyboard.type(PASSWORD);
  await page.getByLabel('New password', { exact: true }).fill('eleven slow lanterns');
  await page.getByLabel('New password, once more').fill('eleven slow lantern');
  await page.keyboard.press('Enter');
  await expect(page.getByText('The two passwords are not the same.')).toBeVisible();
  await page.getByLabel('New password, once more').fill('eleven slow lanterns');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status').filter({ hasText: 'The password was changed.' })).toBeVisible();
  await expect(page.getByLabel('Current password')).toBeHidden();
});

/** What somebody is writing when the core goes away under the page: with the window that led it, or by a crash. */
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

/** From now on no message that is sent is answered. Answers under which ids they were asked for. */
const loseAnswers = async (page: Page, isLocked: boolean) => {
  const asked: unknown[] = [];
  await page.exposeFunction('noteAsked', (messageId: unknown) => void asked.push(messageId));
  await page.evaluate((locks) => {
    Object.assign(fakeCore.api, {
      sendText: async ({ messageId }: { readonly messageId: unknown }) => {
        await (globalThis as unknown as { readonly noteAsked: (id: unknown) => Promise<void> }).noteAsked(messageId);
        if (locks) await fakeCore.lock();
        throw new Error('no answer');
      },
    });
  }, isLocked);
  return asked;
};

test('is sent again under its first id when no answer came, and under a new one when it is written anew', async ({
  page,
}) => {
  await openConversation(page);
  const asked = await loseAnswers(page, false);
  await composer(page).fill('Hello');
  await composer(page).press('Enter');
  await expect(composer(page)).toHaveValue('Hello');
  await composer(page).press('Enter');
  await expect.poll(() => asked.length).toBe(2);
  expect(asked[1]).toBe(asked[0]);
  await expect(composer(page)).toHaveValue('Hello');
  await composer(page).fill('');
  await composer(page).fill('Hello');
  await composer(page).press('Enter');
  await expect.poll(() => asked.length).toBe(3);
  expect(asked[2]).not.toBe(asked[0]);
});

test('is sent again under its first id when the core went away with it', async ({ page }) => {
  await openConversation(page);
  const asked = await loseAnswers(page, true);
  await composer(page).fill('Hello');
  await composer(page).press('Enter');
  await unlock(page);
  await expect(composer(page)).toHaveValue('Hello');
  await composer(page).press('Enter');
  await expect.poll(() => asked.length).toBe(2);
  expect(asked[0]).toMatch(/^[0-9a-f]{32}$/);
  expect(asked[1]).toBe(asked[0]);
});

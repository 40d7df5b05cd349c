/** What fingers do: a real touch goes through the browser's own gestures, so that its light dismiss takes part. */
import { expect, test, type Locator, type Page } from '@playwright/test';
import { startFakeServer, type FakeServer } from '../../src/ui/testing/fake-server.ts';
import { SCREENS } from '../../src/ui/testing/screens.ts';

let server: FakeServer;
test.beforeAll(async () => {
  server = await startFakeServer();
});
test.afterAll(async () => {
  await server.stop();
});
test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

const open = async (page: Page, wanted: string): Promise<void> => {
  const screen = SCREENS.find(({ name }) => name === wanted)!;
  await page.goto(`${server.url}?mode=${screen.mode}${screen.hash}`);
  await screen.steps?.(page);
};

type Finger = { readonly down: (at: Locator) => Promise<void>; readonly up: () => Promise<void> };

const fingerOn = async (page: Page): Promise<Finger> => {
  const session = await page.context().newCDPSession(page);
  return {
    async down(at) {
      const box = (await at.boundingBox())!;
      const touchPoints = [{ x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2) }];
      await session.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints });
    },
    async up() {
      await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    },
  };
};

const menuOf = (page: Page): Locator => page.getByRole('menu', { name: 'Actions for this message' });
const messages = (page: Page): Locator => page.getByRole('log').locator('.bubble');

/** Longer than a light dismiss and the menu's fade take. */
const settled = (page: Page): Promise<void> => page.waitForTimeout(400);

const hold = async (page: Page, message: Locator): Promise<void> => {
  const finger = await fingerOn(page);
  await finger.down(message);
  await expect(menuOf(page)).toBeVisible();
  await settled(page);
  await expect(menuOf(page), 'while the finger rests').toBeVisible();
  await finger.up();
  await settled(page);
  await expect(menuOf(page), 'after it has lifted').toBeVisible();
};

for (const [which, pick] of [
  ['in the middle of the screen', (all: Locator) => all.nth(-4)],
  ['under which the menu comes up', (all: Locator) => all.last()],
] as const) {
  test(`a message ${which}, held down, keeps its menu when the finger lifts`, async ({ page }) => {
    await open(page, 'conversation');
    await hold(page, pick(messages(page)));
    await expect(page.getByRole('dialog'), 'lifting chooses nothing').toBeHidden();

    await page.getByRole('heading', { name: 'Noor Haddad' }).tap();
    await expect(menuOf(page), 'a tap outside closes it').toBeHidden();
  });
}

test('the menu of a held message does what is chosen, and Escape closes it', async ({ page }) => {
  await open(page, 'conversation');
  await page.getByRole('textbox', { name: 'Message to Noor Haddad' }).focus();
  const message = messages(page).nth(-4);
  await hold(page, message);
  await page.keyboard.press('Escape');
  await expect(menuOf(page)).toBeHidden();
  await expect(page.getByRole('textbox', { name: 'Message to Noor Haddad' })).toBeFocused();

  await hold(page, message);
  await page.getByRole('menuitem', { name: 'Delete for me' }).tap();
  await expect(menuOf(page)).toBeHidden();
  await expect(page.getByRole('dialog')).toBeVisible();
});

test('a keyboard opens the same menu after a finger did', async ({ page }) => {
  await open(page, 'conversation');
  await hold(page, messages(page).nth(-4));
  await page.keyboard.press('Escape');
  await expect(menuOf(page)).toBeHidden();
  const last = page.getByRole('log').getByRole('article').last();
  await last.focus();
  await last.press('Enter');
  await expect(page.getByRole('menuitem', { name: 'Copy text' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(last).toBeFocused();
});

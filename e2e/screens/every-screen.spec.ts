import { expect, test, type Page } from '@playwright/test';
import { PASSWORD } from '../../src/ui/testing/fake-core.ts';
import { startFakeServer, type FakeServer } from '../../src/ui/testing/fake-server.ts';
import { SCREENS } from '../../src/ui/testing/screens.ts';
import { violations } from '../support/axe.ts';

/** The page over a core in memory: every screen can be reached in a moment, failures included. */
test.setTimeout(60_000);
// A trace would copy axe and the page at every question; what failed is in the message, or comes with `--trace on`.
test.use({ trace: 'off' });
let server: FakeServer;
test.beforeAll(async () => {
  server = await startFakeServer();
});
test.afterAll(async () => {
  await server.stop();
});

const visit = async (page: Page, mode: string, hash: string): Promise<void> => {
  await page.goto(`${server.url}?mode=${mode}${hash}`);
  await page.locator('#app > *').first().waitFor();
};

const DESK = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

test.describe('J8: axe finds nothing, on a desk and on a phone, light and dark', () => {
  test.use({ locale: 'en-GB', contextOptions: { reducedMotion: 'reduce' } });
  const openLayers = (page: Page): Promise<number> =>
    page.evaluate(() => document.querySelectorAll('dialog[open], :popover-open').length);

  for (const screen of SCREENS) {
    test(`on ${screen.name}`, async ({ page }) => {
      const refused: string[] = [];
      page.on('console', (line) => {
        if (line.type() === 'error') refused.push(line.text());
      });
      const open = async (): Promise<void> => {
        await visit(page, screen.mode, screen.hash);
        await screen.steps?.(page);
      };
      for (const size of [DESK, PHONE]) {
        const layers = size === DESK ? undefined : await openLayers(page);
        await page.setViewportSize(size);
        if (size === DESK || screen.differsByWidth === true) await open();
        else expect(await openLayers(page), 'a smaller window closes nothing').toBe(layers);
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          const where = `${size.width} px, ${colorScheme}`;
          expect.soft(await violations(page, colorScheme === 'light' ? 'all' : 'colours'), where).toEqual([]);
        }
      }
      expect(refused, 'nothing was refused by the content security policy').toEqual([]);
    });
  }
});

test.describe('J8: by keyboard alone', () => {
  test.use({ viewport: { width: 1280, height: 800 } });
  const focused = (page: Page) => page.locator(':focus');

  test('unlock, find a chat, write, read back, delete, move on, lock @firefox', async ({ page }) => {
    await visit(page, 'one', '#/');
    await expect(page.getByLabel('Password', { exact: true })).toBeFocused();
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'Chats' })).toBeFocused();

    await page.keyboard.press('Control+k');
    await expect(page.getByRole('textbox', { name: 'Search everything' })).toBeFocused();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await expect(focused(page)).toHaveAccessibleName(/Noor Haddad/);
    await page.keyboard.press('Enter');

    const composer = page.getByRole('textbox', { name: 'Message to Noor Haddad' });
    await expect(composer).toBeFocused();
    await page.keyboard.type('first line');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('second line');
    await page.keyboard.press('Enter');
    const newest = page.getByRole('log').getByRole('article').last();
    await expect(newest).toContainText('first line\nsecond line');
    await expect(newest).toHaveAccessibleName(/On their device/);

    await page.keyboard.press('Shift+Tab'); // its actions
    await page.keyboard.press('Shift+Tab'); // the message itself
    await expect(newest).toBeFocused();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('menuitem', { name: 'Copy text' })).toBeFocused();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog')).toBeVisible();
    await expect(focused(page)).toHaveAccessibleName('Cancel');
    await page.keyboard.press('Enter'); // once more than meant deletes nothing
    await expect(page.getByRole('dialog')).toBeHidden();
    await expect(newest).toBeFocused();
    await expect(newest).toContainText('first line');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('menuitem', { name: 'Copy text' })).toBeFocused();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toBeHidden();
    await expect(newest).toBeFocused();

    await page.keyboard.press('?');
    await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+f');
    await expect(page.getByRole('textbox', { name: 'Search in this chat' })).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('textbox', { name: 'Search in this chat' })).toBeHidden();
    await page.keyboard.press('Alt+ArrowDown');
    await expect(page.getByRole('textbox', { name: 'Message to Hut keepers' })).toBeFocused();

    await page.keyboard.press('Control+k');
    await page.keyboard.press('Shift+Tab'); // New chat
    await page.keyboard.press('Shift+Tab'); // the menu of the account
    await page.keyboard.press('Enter');
    await expect(focused(page)).toHaveAccessibleName('Settings');
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await expect(page.getByLabel('Password', { exact: true })).toBeFocused();
  });

  test('a skip link leads past the list @firefox', async ({ page }) => {
    await visit(page, 'open', SCREENS.find(({ name }) => name === 'settings')?.hash ?? '');
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    const skip = page.getByRole('button', { name: 'Skip to the conversation' });
    await skip.focus();
    await expect(skip).toBeInViewport();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'Settings' })).toBeFocused();
  });
});

test.describe('an invite link', () => {
  const fragment = '0123456789abcdef';

  test('is out of the address at once, survives the unlock, and acts only on a press', async ({ page }) => {
    await visit(page, 'one', `#/i/${fragment}`);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    expect(page.url()).not.toContain(fragment);
    await page.keyboard.press('Enter');
    const accept = page.getByRole('button', { name: 'Accept invite' });
    await expect(accept).toBeVisible();
    const stored = await page.evaluate(() =>
      JSON.stringify([history.state, { ...localStorage }, { ...sessionStorage }]),
    );
    expect(stored).not.toContain(fragment);
    const count = await page.evaluate(() => fakeCore.world().conversations.size);
    await page.getByLabel('Who is it from?').fill('Ines');
    await accept.click();
    await expect(page.getByRole('textbox', { name: 'Message to Ines' })).toBeVisible();
    expect(await page.evaluate(() => fakeCore.world().conversations.size)).toBe(count + 1);
    await page.goBack();
    expect(page.url()).not.toContain(fragment);
  });

  test('followed in a window that is open already asks there', async ({ page }) => {
    await visit(page, 'open', SCREENS.find(({ name }) => name === 'settings')?.hash ?? '');
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    await page.evaluate((taken) => {
      location.hash = `#/i/${taken}`;
    }, fragment);
    await expect(page.getByRole('button', { name: 'Accept invite' })).toBeVisible();
    expect(page.url()).not.toContain(fragment);
  });
});

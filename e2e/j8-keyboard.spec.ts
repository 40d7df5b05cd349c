import type { Locator, Page } from '@playwright/test';
import { PASSWORD } from './support/person.ts';
import { expect, test } from './support/relay.ts';

const MOST_STOPS = 40;

/** A person without a pointer: keys, and eyes for where the focus is. Nothing here clicks, fills or focuses. */
const createTypist = (page: Page) => {
  const press = (keys: string): Promise<void> => page.keyboard.press(keys);
  const type = (text: string): Promise<void> => page.keyboard.type(text);
  const has = (target: Locator): Promise<boolean> =>
    target.evaluate((element) => element === document.activeElement, undefined, { timeout: 15_000 });

  /** Presses `key` until the focus is there. It must be in sight, and show that it has the focus. */
  const moveTo = async (target: Locator, key = 'Tab'): Promise<void> => {
    await expect(target).toBeVisible({ timeout: 30_000 });
    for (let stop = 0; stop < MOST_STOPS && !(await has(target)); stop += 1) await press(key);
    await expect(target).toBeFocused();
    await expect(target).toBeInViewport();
    expect(await target.evaluate((element) => element.matches(':focus-visible'))).toBe(true);
  };
  const activate = async (target: Locator, key = 'Enter'): Promise<void> => {
    await moveTo(target);
    await press(key);
  };
  const fill = async (target: Locator, text: string): Promise<void> => {
    await moveTo(target);
    await type(text);
  };
  return { page, press, type, moveTo, activate, fill };
};
type Typist = ReturnType<typeof createTypist>;

const composerOf = ({ page }: Typist): Locator => page.getByRole('textbox', { name: /^Message to / });
const messageOf = ({ page }: Typist, text: string): Locator =>
  page.getByRole('log').getByRole('article').filter({ hasText: text });

const createAccount = async (typist: Typist, url: string, account: { name: string; handle: string }): Promise<void> => {
  const { page } = typist;
  await page.goto(url);
  await typist.activate(page.getByRole('link', { name: 'Create an account' }));
  await typist.fill(page.getByRole('textbox', { name: 'Your name' }), account.name);
  await typist.fill(page.getByLabel('Password', { exact: true }), PASSWORD);
  await typist.fill(page.getByLabel('Password, once more'), PASSWORD);
  await typist.fill(page.getByRole('textbox', { name: /^Handle/ }), account.handle);
  await typist.activate(page.getByRole('button', { name: 'Create account' }));
  await expect(page.getByRole('heading', { name: 'Chats' })).toBeFocused({ timeout: 30_000 });
};

const findByHandle = async (typist: Typist, handle: string): Promise<void> => {
  const { page } = typist;
  await typist.activate(page.getByRole('link', { name: 'New chat' }));
  await typist.fill(page.getByRole('textbox', { name: 'Handle' }), handle);
  await typist.moveTo(page.getByRole('button', { name: 'Find', exact: true }));
  const start = page.getByRole('button', { name: 'Start chat' });
  // The relay may not have heard yet of somebody who was made a moment ago.
  await expect(async () => {
    await typist.press('Enter');
    await expect(start).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 30_000 });
  await typist.activate(start);
  await expect(composerOf(typist)).toBeFocused();
};

const openMenu = async (typist: Typist): Promise<void> => {
  await typist.moveTo(typist.page.getByRole('button', { name: /^Menu of/ }), 'Shift+Tab');
  await typist.press('Enter');
  await expect(typist.page.getByRole('menuitem', { name: 'Settings' })).toBeFocused();
};

test('J8: two people meet, talk, search, change the theme, lock and unlock by keyboard alone', async ({
  browser,
  relay,
}) => {
  const newTypist = async (): Promise<Typist> => createTypist(await (await browser.newContext()).newPage());
  const ines = await newTypist();
  await createAccount(ines, relay.url, { name: 'Ines Duarte', handle: 'ines' });
  const noor = await newTypist();
  await createAccount(noor, relay.url, { name: 'Noor Haddad', handle: 'noor' });

  await findByHandle(ines, 'noor');
  await ines.type('Is the kettle with you?');
  await ines.press('Enter');
  await expect(composerOf(ines)).toBeFocused();

  await noor.activate(noor.page.getByRole('link', { name: /Requests/ }));
  await noor.activate(noor.page.getByRole('button', { name: 'Accept' }));
  await noor.fill(composerOf(noor), 'It is. I bring it up.');
  await noor.press('Enter');
  await expect(messageOf(ines, 'It is. I bring it up.')).toBeVisible({ timeout: 30_000 });
  await expect(messageOf(ines, 'Is the kettle with you?')).toHaveAccessibleName(/On their device/);

  await ines.press('Control+k');
  const search = ines.page.getByRole('textbox', { name: 'Search everything' });
  await expect(search).toBeFocused();
  await ines.type('kettle');
  const hit = ines.page.getByRole('button', { name: /kettle/ });
  await expect(hit).toBeVisible();
  await ines.moveTo(hit, 'ArrowDown');
  await ines.press('Enter');
  await expect(messageOf(ines, 'kettle')).toBeInViewport();
  await ines.press('Control+k');
  await ines.press('Escape');
  await expect(search).toHaveValue('');

  const safetyNumber = ines.page.getByRole('heading', { name: 'Safety number' });
  await ines.activate(ines.page.getByRole('button', { name: 'Close' })); // beside the conversation from the start
  await expect(safetyNumber).toBeHidden();
  await ines.activate(ines.page.getByRole('button', { name: 'Details' }));
  await expect(safetyNumber).toBeVisible();

  await openMenu(ines);
  await ines.press('Enter');
  await expect(ines.page.getByRole('heading', { name: 'Settings' })).toBeVisible();
  await ines.moveTo(ines.page.getByRole('radio', { name: 'System' }));
  await ines.moveTo(ines.page.getByRole('radio', { name: 'Dark' }), 'ArrowRight');
  await expect(ines.page.getByRole('radio', { name: 'Dark' })).toBeChecked();
  await expect(ines.page.locator('html')).toHaveAttribute('data-theme', 'dark');

  await openMenu(ines);
  await ines.moveTo(ines.page.getByRole('menuitem', { name: 'Lock now' }), 'ArrowDown');
  await ines.press('Enter');
  const password = ines.page.getByLabel('Password', { exact: true });
  await expect(password).toBeFocused({ timeout: 30_000 });
  await ines.type('not the password');
  await ines.press('Enter');
  await expect(ines.page.getByRole('alert')).toContainText(/password/i, { timeout: 30_000 });
  await expect(password).toBeFocused();
  await ines.type(PASSWORD); // what is in the field was selected, so this replaces it
  await ines.press('Enter');
  const chat = ines.page.getByRole('list', { name: 'Conversations' }).getByRole('link', { name: /Noor Haddad/ });
  await expect(chat).toBeVisible({ timeout: 30_000 });
  await ines.activate(chat);
  await expect(composerOf(ines)).toBeFocused();
  await expect(messageOf(ines, 'It is. I bring it up.')).toBeVisible();
});

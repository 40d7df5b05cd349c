/** A person without a pointer: keys, and eyes for where the focus is. Nothing here clicks, fills or focuses. */
import { expect, type Locator, type Page } from '@playwright/test';
import { PASSWORD } from './person.ts';

const MOST_STOPS = 60;

export type Typist = ReturnType<typeof createTypist>;

export const createTypist = (page: Page) => {
  /** Keys go to the window in front, as in life: Firefox moves no focus in one behind. */
  const comeForward = async (): Promise<void> => {
    const hasKeys = (): Promise<boolean> => page.evaluate(() => document.hasFocus());
    if (await hasKeys()) return;
    await page.bringToFront();
    await expect.poll(hasKeys, 'the window in front has the keys').toBe(true);
  };
  const press = async (keys: string): Promise<void> => {
    await comeForward();
    await page.keyboard.press(keys);
  };
  const type = async (text: string): Promise<void> => {
    await comeForward();
    await page.keyboard.type(text);
  };

  /** Whether the target comes `after` or `before` what has the focus; `lost` if nothing has it. */
  const place = (target: Locator): Promise<'here' | 'after' | 'before' | 'lost'> =>
    target.evaluate((element) => {
      const active = document.activeElement;
      if (active === element) return 'here';
      if (active === null || active === document.body) return 'lost';
      const follows = active.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING;
      return follows === 0 ? 'before' : 'after';
    });

  /**
   * Presses Tab, or Shift+Tab for what lies before, until the focus is there; it may never be nowhere on the way.
   * The target must be in sight, and show that it has the focus. `key` for what other keys move among.
   */
  const moveTo = async (target: Locator, key?: string): Promise<void> => {
    await expect(target).toBeVisible({ timeout: 30_000 });
    await comeForward();
    let where = await place(target);
    for (let stop = 0; stop < MOST_STOPS && where !== 'here'; stop += 1) {
      if (where === 'lost') await expect.poll(() => place(target), 'the focus is somewhere').not.toBe('lost');
      await page.keyboard.press(key ?? (where === 'before' ? 'Shift+Tab' : 'Tab'));
      where = await place(target);
    }
    expect(where, `the keys lead to ${String(target)}`).toBe('here');
    await expect.poll(() => target.evaluate(showsFocus), `${String(target)} shows that it has the focus`).toBe('shown');
  };
  const activate = async (target: Locator, key = 'Enter'): Promise<void> => {
    await moveTo(target);
    await press(key);
  };
  /** Over what stands there. */
  const fill = async (target: Locator, text: string): Promise<void> => {
    await moveTo(target);
    await press('Control+a');
    await type(text);
  };
  const choose = async (menu: Locator, item: string): Promise<void> => {
    await activate(menu);
    await moveTo(page.getByRole('menuitem', { name: item }), 'ArrowDown');
    await press('Enter');
  };

  /** An address typed into the window's own bar. */
  const visit = async (url: string): Promise<void> => {
    await page.goto(url);
    await comeForward();
  };

  const composer = (): Locator => page.getByRole('textbox', { name: /^Message to / });
  const message = (text: string): Locator => page.getByRole('log').getByRole('article').filter({ hasText: text });
  const button = (name: string): Locator => page.getByRole('button', { name, exact: true });

  return { page, visit, press, type, moveTo, activate, fill, choose, composer, message, button };
};

/** In sight, with a ring around the element or around the box that stands for it. */
const showsFocus = (element: Element): string => {
  const { top, bottom } = element.getBoundingClientRect();
  if (bottom <= 0 || top >= innerHeight) return 'out of sight';
  for (let box: Element | null = element, up = 0; box !== null && up < 4; box = box.parentElement, up += 1) {
    const { outlineStyle, outlineWidth } = getComputedStyle(box);
    if (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2) return 'shown';
  }
  return 'no ring';
};

export const createAccount = async (
  { page, visit, activate, fill, button }: Typist,
  url: string,
  account: { readonly name: string; readonly handle?: string },
): Promise<void> => {
  await visit(url);
  await activate(page.getByRole('link', { name: 'Create an account' }));
  await fill(page.getByRole('textbox', { name: 'Your name' }), account.name);
  await fill(page.getByLabel('Password', { exact: true }), PASSWORD);
  await fill(page.getByLabel('Password, once more'), PASSWORD);
  if (account.handle !== undefined) await fill(page.getByRole('textbox', { name: /^Handle/ }), account.handle);
  await activate(button('Create account'));
  await expect(page.getByRole('heading', { name: 'Chats' })).toBeFocused({ timeout: 30_000 });
};

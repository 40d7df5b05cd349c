/** The unlock screen that the page draws itself, before any script of the app is here, and the app that takes it over. */
import type { BrowserContext, Page } from '@playwright/test';
import { expect, test } from './support/relay.ts';
import { untilAllEnded } from './support/hand-over.ts';
import { createPerson, PASSWORD } from './support/person.ts';

/** Without a service worker, so that a script can be held back on its way. */
test.use({ serviceWorkers: 'block' });

const makeAccount = async (context: BrowserContext, url: string, showNameWhenLocked: boolean): Promise<void> => {
  const page = await context.newPage();
  await createPerson(page, url).createAccount({ name: 'Ines Duarte', showNameWhenLocked });
  await page.waitForFunction(() => localStorage.getItem('sotto.accounts') !== null);
  await leave(page, url);
  await untilAllEnded(context, url);
};
/** What the next page draws is written while this one goes; of a page that is closed it may be lost. */
const leave = async (page: Page, url: string): Promise<void> => {
  await page.goto(`${url}/release.json`);
  await page.waitForFunction(() => localStorage.getItem('sotto.unlock') !== null);
  await page.close();
};
/** Every element as it looks: what it is, where it is, what it says and in which colours. */
const picture = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll('#app *')].map((element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      const { color, backgroundColor, fontSize } = getComputedStyle(element);
      const texts = [...element.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE);
      const said = texts.map((text) => text.textContent?.trim()).join('');
      const attributes = [...element.attributes].map(({ name, value }) => `${name}=${value}`).sort();
      return [element.tagName, said, x, y, width, height, color, backgroundColor, fontSize, ...attributes].join(' ');
    }),
  );
const password = (page: Page) => page.getByLabel('Password', { exact: true });

/** A new window whose app does not come before `release` is called. */
const openWithoutApp = async (
  context: BrowserContext,
  url: string,
): Promise<{ readonly page: Page; readonly complaints: string[]; readonly release: () => Promise<void> }> => {
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  let isHeld = false;
  await page.route(/\/assets\/index-[^/]*\.js$/, async (route) => {
    isHeld = true;
    await released;
    await route.continue();
  });
  await page.goto(url, { waitUntil: 'commit' });
  await expect.poll(() => isHeld).toBe(true);
  return {
    page,
    complaints,
    release: async () => {
      release();
      await page.waitForFunction(() => '__vue_app__' in document.querySelector('#app')!);
    },
  };
};

for (const showsName of [true, false]) {
  test(`the password is begun before the app is here, and goes on after it (${showsName ? 'a name' : 'no name'})`, async ({
    context,
    relay,
  }) => {
    await makeAccount(context, relay.url, showsName);
    const { page, complaints, release } = await openWithoutApp(context, relay.url);
    await expect(password(page)).toBeFocused();
    await expect(page.getByRole('heading')).toHaveText(showsName ? 'Welcome back, Ines Duarte' : 'Welcome back');
    const before = await picture(page);
    await page.keyboard.type('four quiet wade');
    for (const _ of 'wade') await page.keyboard.press('ArrowLeft');

    await release();
    await expect(password(page)).toHaveValue('four quiet wade');
    await expect(password(page)).toBeFocused();
    await page.keyboard.type('herons ');
    await expect(password(page)).toHaveValue('four quiet herons wade');
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Backspace');
    await expect.poll(() => picture(page)).toEqual(before);

    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'Chats' })).toBeVisible();
    expect(complaints.filter((text) => !text.includes('blocked by Playwright'))).toEqual([]);
  });
}

test('the password of an account that is locked again is nowhere in the page', async ({ context, relay }) => {
  await makeAccount(context, relay.url, false);
  const { page, release } = await openWithoutApp(context, relay.url);
  await expect(password(page)).toBeFocused();
  await page.keyboard.type('four quiet');
  await release();
  await page.keyboard.type(' herons wade');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Chats' })).toBeVisible();
  await page.getByRole('button', { name: /^Menu of/ }).click();
  await page.getByRole('menuitem', { name: 'Lock now' }).click();
  await expect(password(page)).toBeFocused();
  expect(await page.evaluate(() => Object.keys(globalThis).includes('sottoDrawn'))).toBe(false);
  expect(await memoryOf(context, page)).not.toContain(PASSWORD);
  await password(page).fill('a control that is found');
  expect(await memoryOf(context, page)).toContain('a control that is found');
});

test('Enter that was pressed too soon is taken back by going on', async ({ context, relay }) => {
  await makeAccount(context, relay.url, false);
  const { page, release } = await openWithoutApp(context, relay.url);
  await expect(password(page)).toBeFocused();
  await page.keyboard.type('typo');
  await page.keyboard.press('Enter');
  for (const _ of 'typo') await page.keyboard.press('Backspace');
  await page.keyboard.type('four');
  await release();
  await page.keyboard.type(' quiet herons wade');
  await expect(password(page)).toHaveValue(PASSWORD);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Chats' })).toBeVisible();
});

test('the name of a removed account does not come back, whichever window closes last', async ({ context, relay }) => {
  await makeAccount(context, relay.url, true);
  const [first, second] = [await context.newPage(), await context.newPage()];
  for (const page of [first, second]) {
    await page.goto(relay.url);
    await expect(password(page)).toBeFocused();
  }
  await second.getByRole('button', { name: 'Forgot your password?' }).click();
  await second.getByRole('button', { name: 'Remove from this device' }).click();
  await second.getByRole('checkbox').check();
  await second.getByRole('button', { name: 'Remove for good' }).click();
  await expect(second.getByRole('link', { name: /Create an account/ })).toBeVisible();
  // Heard after the app has, so its own words are written by then.
  await first.evaluate(() => addEventListener('pagehide', () => localStorage.setItem('first', 'is gone')));
  await first.goto(`${relay.url}/release.json`);
  await first.close();
  await second.waitForFunction(() => localStorage.getItem('first') === 'is gone');
  expect(await second.evaluate(() => JSON.stringify(localStorage))).not.toContain('Duarte');
});

test('somebody is done with the password before the app is here', async ({ context, relay }) => {
  await makeAccount(context, relay.url, false);
  const { page, release } = await openWithoutApp(context, relay.url);
  await expect(password(page)).toBeFocused();
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Enter');
  await release();
  await expect(page.getByRole('heading', { name: 'Chats' })).toBeVisible();
});

test('nothing is drawn ahead where another window has the account open, or where there is none', async ({
  context,
  relay,
}) => {
  const first = await context.newPage();
  await createPerson(first, relay.url).createAccount({ name: 'Ines Duarte' });
  const second = await openWithoutApp(context, relay.url);
  expect(await drawnAhead(second.page)).toBe(false);
  await second.release();
  await expect(second.page.getByRole('link', { name: /Open in another window/ })).toBeVisible();
  await first.evaluate(() =>
    addEventListener('storage', ({ key, newValue }) => {
      if (key === 'sotto.unlock' && newValue !== null) document.documentElement.dataset.heard = newValue;
    }),
  );
  await second.page.goto(`${relay.url}/release.json`); // which leaves words behind that are not true
  await second.page.close();
  await expect(first.locator('html')).toHaveAttribute('data-heard', /vaultId/);
  await expect.poll(() => first.evaluate(() => localStorage.getItem('sotto.unlock'))).toBe(null);

  await first.close();
  await untilAllEnded(context, relay.url);
  await context.addInitScript(() => localStorage.clear());
  const third = await openWithoutApp(context, relay.url);
  expect(await drawnAhead(third.page)).toBe(false);
  await third.release();
  await expect(password(third.page)).toBeFocused();
});

const drawnAhead = async (page: Page): Promise<boolean> => {
  await page.waitForFunction(() => document.querySelector('noscript') !== null);
  return page.evaluate(() => document.querySelector('#app')!.childElementCount > 0);
};

test('what was drawn is no longer so: the account is open in another window after all', async ({ context, relay }) => {
  await makeAccount(context, relay.url, false);
  const late = await openWithoutApp(context, relay.url);
  await expect(password(late.page)).toBeFocused();
  const other = await context.newPage();
  await other.goto(relay.url);
  await createPerson(other, relay.url).unlock();
  await expect(other.getByRole('heading', { name: 'Chats' })).toBeVisible();
  await late.release();
  await expect(late.page.getByRole('heading', { name: 'Chats' })).toBeVisible();
  expect(late.complaints.filter((text) => !text.includes('blocked by Playwright'))).toEqual([]);
});

/** Everything that the page's engine holds, after it has collected what nobody needs. */
const memoryOf = async (context: BrowserContext, page: Page): Promise<string> => {
  const session = await context.newCDPSession(page);
  const chunks: string[] = [];
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => chunks.push(chunk));
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  await session.detach();
  return chunks.join('');
};

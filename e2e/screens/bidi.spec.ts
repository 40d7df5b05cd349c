/** Signs that turn the reading direction move nothing outside the text that holds them. Measured, not read. */
import { expect, test, type Locator } from '@playwright/test';
import { startFakeServer, type FakeServer } from '../../src/ui/testing/fake-server.ts';
import { SCREENS } from '../../src/ui/testing/screens.ts';

let server: FakeServer;
test.beforeAll(async () => {
  server = await startFakeServer();
});
test.afterAll(async () => {
  await server.stop();
});

/** Where a letter of the element's text is painted. */
const leftOf = (element: Locator, letters: string): Promise<number> =>
  element.evaluate((root, wanted) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const at = node.nodeValue?.indexOf(wanted) ?? -1;
      if (at < 0) continue;
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      return range.getBoundingClientRect().left;
    }
    throw new Error(`${wanted} is not here`);
  }, letters);

test('in bodies, names, previews and sentences @firefox', async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  const screen = SCREENS.find(({ name }) => name === 'conversation-turned')!;
  await page.goto(`${server.url}?mode=${screen.mode}${screen.hash}`);
  await screen.steps?.(page);

  const last = page.getByRole('log').getByRole('article').last();
  const time = last.locator('.meta');
  // Inside, the text is turned as its author wished; the time stands after it, and reads from left to right.
  const words = last.locator('[data-part="text"]');
  expect(await leftOf(words, 'one')).toBeGreaterThan(await leftOf(words, 'ne'));
  const [box, timeBox] = [await words.boundingBox(), await time.boundingBox()];
  expect(timeBox!.x).toBeGreaterThanOrEqual(box!.x + box!.width - 1);
  const clock = (await time.locator('time').innerText()).trim();
  expect(await leftOf(time, clock)).toBeLessThan(await leftOf(time, clock.slice(-1)));

  // An address inside reads as the one that it opens.
  const link = page.getByRole('log').getByRole('link', { name: 'https://example.org/a' });
  expect(await leftOf(link, 'https')).toBeLessThan(await leftOf(link, 'example'));

  // The preview and its word for drafts; the sentence about somebody with such a name.
  const item = page.getByRole('list', { name: 'Conversations' }).getByRole('listitem').filter({ hasText: 'Eve Ash' });
  await page.getByRole('textbox', { name: /^Message to/ }).fill('\u2069\u202Ehalf');
  await page.keyboard.press('Alt+ArrowUp');
  await expect(item).toContainText('Draft');
  expect(await leftOf(item, 'Draft')).toBeLessThan(await leftOf(item, 'half'));
  expect(await leftOf(item, 'Draft')).toBeLessThan(await leftOf(item, 'raft'));
  await item.getByRole('link').click();
  await page.getByRole('button', { name: /^Block/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Block' }).click();
  const blocked = page.getByText('Messages are neither sent nor shown');
  expect(await leftOf(blocked, 'Eve')).toBeLessThan(await leftOf(blocked, 'Messages'));
  expect(await leftOf(blocked, 'Messages')).toBeLessThan(await leftOf(blocked, 'shown'));
});

/** Whether a word of the element's text is painted within the element, and not cut off. */
const isShown = (element: Locator, word: string): Promise<boolean> =>
  element.evaluate((root, wanted) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const box = root.getBoundingClientRect();
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const at = node.nodeValue?.indexOf(wanted) ?? -1;
      if (at < 0) continue;
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + wanted.length);
      const { left, right } = range.getBoundingClientRect();
      return left > box.left - 1 && right < box.right + 1;
    }
    throw new Error(`${wanted} is not here`);
  }, word);

test('what is cut for want of room loses its end, in either direction @firefox', async ({ page }) => {
  const [first, last] = ['ليلى', 'الأندلسية'];
  await page.setViewportSize({ width: 320, height: 568 });
  const screen = SCREENS.find(({ name }) => name === 'conversation-rtl')!;
  await page.goto(`${server.url}?mode=${screen.mode}${screen.hash}`);
  await page.evaluate(async (end) => {
    const conversationId = fakeCore.conversationTitled('ليلى منصور');
    const text = 'سنلتقي عند المحطة الساعة الثامنة، وأنا أحضر المفتاح والخبز.';
    await fakeCore.api.sendText({ conversationId, text });
    const { accountId } = [...fakeCore.world().contacts.values()].find(({ name }) => name === 'ليلى منصور')!;
    await fakeCore.api.updateContact({ accountId, givenName: `ليلى منصور بنت خالد عبد الرحمن ${end}`, note: '' });
  }, last);

  const item = page.getByRole('list', { name: 'Conversations' }).getByRole('listitem').filter({ hasText: first });
  const named = item.locator('.list-name');
  await expect(named).toContainText(last);
  expect.soft(await isShown(named, first)).toBe(true);
  expect.soft(await isShown(named, last)).toBe(false);
  const preview = item.locator('.preview');
  expect.soft(await isShown(preview, 'سنلتقي')).toBe(true);
  expect.soft(await isShown(preview, 'والخبز')).toBe(false);

  await page.getByRole('textbox', { name: 'Search everything' }).fill(first);
  await page.locator('.results .list-name').first().waitFor();
  for (const found of await page.locator('.results .list-name').all()) {
    expect.soft(await isShown(found, first)).toBe(true);
    expect.soft(await isShown(found, last)).toBe(false);
  }
  await page.getByRole('textbox', { name: 'Search everything' }).fill('');

  await item.getByRole('link').click();
  const heading = page.getByRole('heading', { name: first });
  expect.soft(await isShown(heading, first)).toBe(true);
  expect.soft(await isShown(heading, last)).toBe(false);
  await page.getByRole('button', { name: 'Details' }).click();
  const whole = page.getByRole('region', { name: 'Details' }).locator('.name');
  expect.soft(await isShown(whole, first)).toBe(true);
  expect.soft(await isShown(whole, last)).toBe(true);
});

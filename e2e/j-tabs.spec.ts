import type { BrowserContext, Page } from '@playwright/test';
import {
  ENDINGS,
  measureHandOvers,
  openAnotherWindow,
  untilAllEnded,
  untilStandingBy,
  type Ending,
} from './support/hand-over.ts';
import { createPerson, PASSWORD, type Person } from './support/person.ts';
import { expect, test } from './support/relay.ts';

const openAnother = async (context: BrowserContext, url: string, title: string): Promise<Person> => {
  const person = createPerson(await openAnotherWindow(context, url), url);
  await person.openChat(title);
  return person;
};

const askedForPassword = (person: Person): Promise<number> =>
  person.page.getByLabel('Password', { exact: true }).count();

test('J-tabs: three windows of one account; the leading one is closed, the next crashes, and nobody types a password @firefox', async ({
  context,
  relay,
  browserName,
}) => {
  const ines = createPerson(await context.newPage(), relay.url);
  await ines.createAccount({ name: 'Ines Duarte', handle: 'ines' });
  const noorContext = await context.browser()!.newContext();
  const noor = createPerson(await noorContext.newPage(), relay.url);
  await noor.createAccount({ name: 'Noor Haddad', handle: 'noor' });
  await ines.addByHandle('noor');
  await ines.send('Is the kettle with you?');
  await noor.acceptRequest();
  await expect(noor.message('Is the kettle with you?')).toBeVisible();
  await noor.send('It is.');
  await expect(ines.message('It is.')).toBeVisible();

  const second = await openAnother(context, relay.url, 'Noor');
  await untilStandingBy(second.page, 1);
  const third = await openAnother(context, relay.url, 'Noor');
  await untilStandingBy(third.page, 2);

  // Somebody is in the middle of a sentence, and reads, while the leading window is closed.
  await third.composer().fill('half a sent');
  await third.timeline().evaluate((element) => element.setAttribute('data-was', 'here'));
  await ines.page.close();
  await noor.send('I bring it up.');
  await expect(second.message('I bring it up.')).toBeVisible();
  await expect(third.message('I bring it up.')).toBeVisible();
  await expect(third.composer()).toHaveValue('half a sent');
  // The timeline was never taken down: it is the very element that was there.
  await expect(third.timeline()).toHaveAttribute('data-was', 'here');
  expect(await askedForPassword(second)).toBe(0);
  expect(await askedForPassword(third)).toBe(0);
  await untilStandingBy(third.page, 1);

  // What is sent while nobody leads goes out once. Firefox has no word for a crash: there the window is closed.
  await third.composer().fill('On my way.');
  const end =
    browserName === 'chromium' ? second.page.goto('chrome://crash').catch(() => undefined) : second.page.close();
  await third.composer().press('Enter');
  await expect(third.composer()).toHaveValue('');
  await end;
  await third.send('And the short rope.');
  await expect(noor.message('And the short rope.')).toBeVisible({ timeout: 30_000 });
  expect(await noor.texts(/way|rope/)).toEqual(['On my way.', 'And the short rope.']);
  expect(await third.texts(/way|rope/)).toEqual(['On my way.', 'And the short rope.']);
  expect(await askedForPassword(third)).toBe(0);

  // The last window ends: the account is locked.
  await third.page.close();
  await untilAllEnded(context, relay.url);
  const later = createPerson(await context.newPage(), relay.url);
  await later.page.goto(relay.url);
  await expect(later.page.getByRole('button', { name: 'Unlock' })).toBeVisible();
  await noorContext.close();
});

test('J-tabs: what is locked in one window is locked in all, and the password opens it again @firefox', async ({
  context,
  relay,
}) => {
  const ines = createPerson(await context.newPage(), relay.url);
  await ines.createAccount({ name: 'Ines Duarte', handle: 'ines' });
  const second = createPerson(await openAnotherWindow(context, relay.url), relay.url);
  await untilStandingBy(second.page, 1);
  await second.page.getByRole('button', { name: /^Menu of/ }).click();
  await second.page.getByRole('menuitem', { name: 'Lock now' }).click();
  await expect(second.page.getByRole('button', { name: 'Unlock' })).toBeVisible();
  await expect(ines.page.getByRole('button', { name: 'Unlock' })).toBeVisible();
  await ines.unlock(PASSWORD);
  await expect(ines.page.getByRole('heading', { name: 'Chats' })).toBeVisible();
});

test('J-tabs: a window that comes back from the page cache goes along with the one that has the account open @firefox', async ({
  context,
  relay,
}) => {
  const ines = createPerson(await context.newPage(), relay.url);
  await ines.createAccount({ name: 'Ines Duarte' });
  const second = createPerson(await openAnotherWindow(context, relay.url), relay.url);
  /** Answers whether the account is still on the page. One that is not really stopped looks for it again at once. */
  const goes = (page: Page, type: 'pagehide' | 'pageshow'): Promise<boolean> =>
    page.evaluate(async (name) => {
      dispatchEvent(new PageTransitionEvent(name, { persisted: true }));
      await Promise.resolve(); // Vue draws
      return document.querySelector('.workspace') !== null;
    }, type);

  // The browser says so before it stops a page, and when it lets it go on.
  await expect(second.page.locator('.workspace')).toBeVisible();
  expect(await goes(second.page, 'pagehide')).toBe(false);
  await goes(second.page, 'pageshow');
  await expect(second.page.getByRole('heading', { name: 'Chats' })).toBeVisible();

  // The one that leads goes, and the other takes over: nobody is asked for a password when it comes back.
  await untilStandingBy(second.page, 1);
  expect(await goes(ines.page, 'pagehide')).toBe(false);
  await expect(second.page.getByText(/^(Connecting|Offline)/)).toHaveCount(0);
  await goes(ines.page, 'pageshow');
  await expect(ines.page.getByRole('heading', { name: 'Chats' })).toBeVisible();
  expect((await askedForPassword(ines)) + (await askedForPassword(second))).toBe(0);
});

test('J-tabs: one leading window after the other is killed, closed, left, frozen or unseen; each time the others go on, and no password is asked', async ({
  context,
  relay,
}) => {
  // How long they wait is measured on a machine that does nothing else: bench/app/hand-over.ts.
  const endings: readonly Ending[] = [...(Object.keys(ENDINGS) as Ending[]), 'killed', 'killed'];
  const handOvers = await measureHandOvers(context, relay.url, {
    endings,
    first: (page) => createPerson(page, relay.url).createAccount({ name: 'Ines Duarte', handle: 'ines' }),
  });
  expect(handOvers).toHaveLength(2 * endings.length);
});

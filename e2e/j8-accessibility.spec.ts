import type { Browser, Page } from '@playwright/test';
import { expectAccessible } from './support/axe.ts';
import { createPerson, PASSWORD, type NewAccount, type Person } from './support/person.ts';
import { expect, test } from './support/relay.ts';

const GREETING = 'Hello, it is me from the choir.';

const person = async (browser: Browser, url: string, account: NewAccount): Promise<Person> => {
  const someone = createPerson(await (await browser.newContext()).newPage(), url);
  await someone.createAccount(account);
  return someone;
};

const lock = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: /^Menu of/ }).click();
  await page.getByRole('menuitem', { name: 'Lock now' }).click();
  await expect(page.getByRole('button', { name: 'Unlock' })).toBeVisible();
};

// Every screen over a core in memory, in two sizes and both themes, is asked in each run: screens/every-screen.spec.ts.
test('J8: no screen before an account is open has anything that axe objects to @full', async ({ page, relay }) => {
  test.setTimeout(400_000);
  const ada = createPerson(page, relay.url);
  await page.goto(relay.url);
  await expect(page.getByRole('link', { name: 'Create an account' })).toBeVisible();
  await expectAccessible(page, 'welcome');

  await page.getByRole('link', { name: 'Create an account' }).click();
  await expect(page.getByLabel('Password, once more')).toBeVisible();
  await expectAccessible(page, 'create');
  await page.getByRole('textbox', { name: 'Your name' }).fill('Ada Okonjo');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByLabel('Password, once more').fill('something else');
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await expectAccessible(page, 'create, passwords differ');

  await ada.createAccount({ name: 'Ada Okonjo', showNameWhenLocked: true });
  await lock(page);
  await expectAccessible(page, 'unlock');
  await ada.unlock('not the password');
  await expect(page.getByRole('alert')).toBeVisible({ timeout: 30_000 });
  await expectAccessible(page, 'unlock, wrong password');
  await page.getByRole('button', { name: 'Forgot your password?' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await expectAccessible(page, 'unlock, password forgotten');
  await page.getByRole('button', { name: 'Remove from this device' }).click();
  await expect(page.getByRole('dialog', { name: 'Remove this account?' })).toBeVisible();
  await expectAccessible(page, 'remove an account');
  await page.keyboard.press('Escape');

  await ada.createAccount({ name: 'Ada at the choir' });
  await lock(page);
  await page.getByRole('link', { name: 'Other accounts' }).click();
  await expect(page.getByRole('heading', { name: 'Who is here?' })).toBeVisible();
  await expectAccessible(page, 'account list');
  await page.goto(`${relay.url}/#/no/such/place`);
  await expect(page.getByText('There is nothing here')).toBeVisible();
  await expectAccessible(page, 'nowhere');
});

test('J8: no screen of an open account has anything that axe objects to @full', async ({ browser, page, relay }) => {
  test.setTimeout(600_000);
  const ada = createPerson(page, relay.url);
  await ada.createAccount({ name: 'Ada Okonjo', handle: 'ada' });
  await expectAccessible(page, 'chat list, empty');

  const noor = await person(browser, relay.url, { name: 'Noor Haddad' });
  const link = await noor.createInviteLink();
  await page.goto(link);
  await expect(page.getByRole('button', { name: 'Accept invite' })).toBeVisible();
  await expectAccessible(page, 'redeem');
  await page.getByRole('button', { name: 'Not now' }).click();

  const sami = await person(browser, relay.url, { name: 'Sami Aho', handle: 'sami' });
  for (const stranger of [noor, sami]) {
    await stranger.addByHandle('ada');
    await stranger.send(GREETING);
  }
  await page
    .getByRole('link', { name: /Requests/ })
    .filter({ hasText: '2 people' })
    .click();
  await expect(page.getByRole('list', { name: 'Requests' }).getByRole('listitem')).toHaveCount(2);
  await expectAccessible(page, 'requests');
  await page.getByRole('list', { name: 'Requests' }).getByRole('link', { name: /Noor/ }).click();
  await expect(page.getByRole('button', { name: 'Accept' })).toBeVisible();
  await expectAccessible(page, 'request');

  await page.getByRole('button', { name: 'Accept' }).click();
  await expect(ada.composer()).toBeVisible();
  await ada.send('Noor! The rehearsal is at seven, see https://example.org/hall.');
  await expect(ada.message('at seven')).toHaveAccessibleName(/On their device/, { timeout: 30_000 });
  await noor.send('I bring the scores.');
  await expect(ada.message('I bring the scores.')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Safety number' })).toBeVisible();
  await expectAccessible(page, 'conversation');

  await ada.message('at seven').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menuitem', { name: 'Delete for me' })).toBeVisible();
  await expectAccessible(page, 'message menu');
  await page.getByRole('menuitem', { name: 'Delete for me' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await expectAccessible(page, 'delete a message');
  await page.getByRole('button', { name: 'Cancel' }).click();

  await page.getByRole('button', { name: 'Search in this chat' }).click();
  await page.getByRole('textbox', { name: 'Search in this chat' }).fill('scores');
  await expect(page.getByText('1 of 1')).toBeVisible();
  await expectAccessible(page, 'search in a chat');
  await page.keyboard.press('Escape');

  // On a wide window it stands beside the conversation and was looked at with it.
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole('button', { name: 'Details' }).click();
  await expect(page.getByRole('heading', { name: 'Safety number' })).toBeVisible();
  await expectAccessible(page, 'details', { only: 'phone' });
  await page.getByRole('button', { name: /^Block / }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await expectAccessible(page, 'block somebody');
  await page.keyboard.press('Escape');

  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: 'Back' }).click();
  await expect(page.getByRole('list', { name: 'Conversations' }).getByRole('listitem')).toHaveCount(1);
  await expectAccessible(page, 'chat list, filled');
  await page.getByRole('textbox', { name: 'Search everything' }).fill('scores');
  await expect(page.getByRole('heading', { name: 'Messages' })).toBeVisible();
  await expectAccessible(page, 'search everything');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^Menu of/ }).click();
  await expect(page.getByRole('menuitem', { name: 'Settings' })).toBeVisible();
  await expectAccessible(page, 'account menu');
  await page.getByRole('menuitem', { name: 'Keyboard shortcuts' }).click();
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await expectAccessible(page, 'shortcuts');
  await page.keyboard.press('Escape');

  await page.getByRole('link', { name: 'New chat' }).first().click();
  await expectAccessible(page, 'add a contact');
  await page.getByRole('button', { name: 'Create invite link' }).click();
  await expect(page.getByLabel('Invite link', { exact: true })).toBeVisible();
  await page.getByRole('textbox', { name: 'Handle' }).fill('nobody_at_all');
  await page.getByRole('button', { name: 'Find', exact: true }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await expectAccessible(page, 'invite made, nobody found');
  await page.getByRole('textbox', { name: 'Handle' }).fill('sami');
  await page.getByRole('button', { name: 'Find', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Start chat' })).toBeVisible();
  await expectAccessible(page, 'somebody found');

  await page.getByRole('button', { name: /^Menu of/ }).click();
  await page.getByRole('menuitem', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(page.getByLabel('Current password')).toBeVisible();
  await expectAccessible(page, 'settings');
});

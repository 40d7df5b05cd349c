/** J8: every journey by keyboard alone. */
import type { Browser } from '@playwright/test';
import { untilStandingBy } from './support/hand-over.ts';
import { createPerson, PASSWORD } from './support/person.ts';
import { expect, test } from './support/relay.ts';
import { createAccount, createTypist, type Typist } from './support/typist.ts';

// A trace would hold a picture of the page for every key.
test.use({ trace: 'off' });

type NewAccount = Parameters<typeof createAccount>[2];

const atOneDesk = async (browser: Browser, url: string, accounts: readonly NewAccount[]): Promise<Typist[]> => {
  const typists: Typist[] = [];
  for (const account of accounts) {
    const typist = createTypist(await (await browser.newContext()).newPage());
    await createAccount(typist, url, account);
    typists.push(typist);
  }
  return typists;
};

const findByHandle = async ({ page, press, moveTo, fill, button, composer }: Typist, handle: string): Promise<void> => {
  await moveTo(page.getByRole('link', { name: 'New chat' }).first());
  await press('Enter');
  await fill(page.getByRole('textbox', { name: 'Handle' }), handle);
  const start = button('Start chat');
  // The relay may not have heard yet of somebody who was made a moment ago.
  await expect(async () => {
    await press('Enter');
    await expect(start).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 30_000 });
  await moveTo(start);
  await press('Enter');
  await expect(composer()).toBeFocused();
};

const say = async ({ type, press, composer }: Typist, text: string): Promise<void> => {
  await expect(composer()).toBeFocused();
  await type(text);
  await press('Enter');
  await expect(composer()).toHaveValue('');
  await expect(composer()).toBeFocused();
};

/** From the search, which a key reaches from anywhere, the menu is near. */
const chooseInMenu = async ({ page, press, choose }: Typist, item: string): Promise<void> => {
  await press('Control+k');
  await choose(page.getByRole('button', { name: /^Menu of/ }), item);
};

const openSettings = async (typist: Typist): Promise<void> => {
  const { page } = typist;
  await chooseInMenu(typist, 'Settings');
  await expect(page.getByRole('heading', { name: 'Settings' })).toBeFocused();
};

const lock = async (typist: Typist): Promise<void> => {
  const { page } = typist;
  await chooseInMenu(typist, 'Lock now');
  await expect(page.getByLabel('Password', { exact: true })).toBeFocused({ timeout: 30_000 });
};

test('J8: two people meet by handle, talk, search, block, lock and unlock by keyboard alone @firefox', async ({
  browser,
  relay,
}) => {
  const [ines, noor] = (await atOneDesk(browser, relay.url, [
    { name: 'Ines Duarte', handle: 'ines' },
    { name: 'Noor Haddad', handle: 'noor' },
  ])) as [Typist, Typist];

  await test.step('a request is sent and accepted', async () => {
    await findByHandle(ines, 'noor');
    await say(ines, 'Is the kettle with you?');
    await noor.activate(noor.page.getByRole('link', { name: /Requests/ }));
    await noor.activate(noor.button('Accept'));
    await say(noor, 'It is. I bring it up.');
    await expect(ines.message('It is. I bring it up.')).toBeVisible({ timeout: 30_000 });
    await expect(ines.message('Is the kettle with you?')).toHaveAccessibleName(/On their device/);
  });

  await test.step('searching everything, and one chat', async () => {
    await ines.press('Control+k');
    const search = ines.page.getByRole('textbox', { name: 'Search everything' });
    await expect(search).toBeFocused();
    await ines.type('kettle');
    const hit = ines.page.getByRole('button', { name: /kettle/ });
    await expect(hit).toBeVisible();
    await ines.moveTo(hit, 'ArrowDown');
    await ines.press('Enter');
    await expect(ines.message('kettle')).toBeInViewport();
    await ines.press('Escape');
    await expect(search).toHaveValue('');
    const chats = ines.page.getByRole('list', { name: 'Conversations' });
    await expect(chats.getByRole('link', { name: /Noor/ })).toBeFocused();

    await ines.activate(ines.button('Search in this chat'));
    const inChat = ines.page.getByRole('textbox', { name: 'Search in this chat' });
    await expect(inChat).toBeFocused();
    await ines.type('bring');
    await expect(ines.page.getByText('1 of 1')).toBeVisible();
    await ines.press('Escape');
    await expect(inChat).toBeHidden();
    await expect(ines.button('Search in this chat')).toBeFocused();
  });

  await test.step('a message is deleted', async () => {
    const question = ines.message('kettle');
    await ines.moveTo(ines.message('I bring it up'));
    await ines.moveTo(question, 'ArrowUp');
    await ines.press('Enter');
    await ines.moveTo(ines.page.getByRole('menuitem', { name: 'Delete for me' }), 'ArrowDown');
    await ines.press('Enter');
    await ines.activate(ines.page.getByRole('dialog').getByRole('button', { name: 'Delete' }));
    await expect(question).toBeHidden();
    await expect(ines.message('I bring it up')).toBeFocused();
  });

  await test.step('details are closed and opened, the contact is blocked and unblocked', async () => {
    const details = ines.button('Details');
    const safetyNumber = ines.page.getByRole('heading', { name: 'Safety number' });
    await ines.activate(ines.button('Close')); // beside the conversation from the start
    await expect(safetyNumber).toBeHidden();
    await expect(details).toBeFocused();
    await ines.press('Enter');
    await expect(safetyNumber).toBeVisible();
    await ines.fill(ines.page.getByRole('textbox', { name: 'Name' }), 'Noor from the hut');
    await ines.activate(ines.button('Save'));
    await expect(ines.page.getByRole('link', { name: /Noor from the hut/ })).toBeVisible();
    await ines.activate(ines.page.getByRole('button', { name: /^Block / }));
    await expect(ines.page.getByRole('dialog')).toBeVisible();
    await ines.press('Escape');
    await expect(ines.page.getByRole('dialog')).toBeHidden();
    await expect(ines.page.getByRole('button', { name: /^Block / })).toBeFocused();
    await ines.press('Enter');
    await ines.activate(ines.page.getByRole('dialog').getByRole('button', { name: 'Block' }));
    await expect(ines.composer()).toBeHidden();
    await ines.activate(ines.page.getByRole('button', { name: 'Unblock Noor from the hut' }));
    await expect(ines.composer()).toBeVisible();
    await ines.moveTo(ines.page.getByRole('button', { name: /^Block / }));
  });

  await test.step('lock, a wrong password, unlock', async () => {
    await lock(ines);
    const password = ines.page.getByLabel('Password', { exact: true });
    await ines.type('not the password');
    await ines.press('Enter');
    await expect(ines.page.getByRole('alert')).toContainText(/password/i, { timeout: 30_000 });
    await expect(password).toBeFocused();
    await ines.type(PASSWORD); // what is in the field was selected, so this replaces it
    await ines.press('Enter');
    await expect(ines.composer()).toBeFocused({ timeout: 30_000 });
    await expect(ines.message('It is. I bring it up.')).toBeVisible();
  });
});

test('J8: an invite is made, followed and declined, settings are changed, an account is removed by keyboard alone @firefox', async ({
  browser,
  relay,
}) => {
  const [ines, noor] = (await atOneDesk(browser, relay.url, [
    { name: 'Ines Duarte', handle: 'ines' },
    { name: 'Noor Haddad' },
  ])) as [Typist, Typist];

  await test.step('an invite link is made and copied', async () => {
    await ines.activate(ines.page.getByRole('link', { name: 'New chat' }).first());
    await ines.activate(ines.button('Create invite link'));
    await expect(ines.button('Copy link')).toBeFocused();
    await ines.press('Enter');
    await expect(ines.page.getByRole('status').filter({ hasText: 'Copied' })).toBeVisible();
  });

  await test.step('followed, it does nothing until somebody agrees', async () => {
    const link = await ines.page.getByLabel('Invite link', { exact: true }).inputValue();
    await noor.visit(link);
    await expect(noor.page.getByRole('heading', { name: 'You are invited' })).toBeFocused({ timeout: 30_000 });
    await noor.fill(noor.page.getByRole('textbox', { name: /Who is it from/ }), 'Ines');
    await noor.activate(noor.button('Accept invite'));
    await say(noor, 'The key is under the bench.');
    const chats = ines.page.getByRole('list', { name: 'Conversations' });
    await ines.activate(chats.getByRole('link', { name: /Noor Haddad/ }));
    await say(ines, 'Found it.');
    await expect(noor.message('Found it.')).toBeVisible({ timeout: 30_000 });
  });

  await test.step('a request is declined', async () => {
    const stranger = createPerson(await (await browser.newContext()).newPage(), relay.url);
    await stranger.createAccount({ name: 'Sami Aho' });
    await stranger.addByHandle('ines');
    await stranger.send('Is this the hut?');
    await ines.activate(ines.page.getByRole('link', { name: /Requests/ }));
    await ines.activate(ines.button('Decline'));
    await expect(ines.page.getByRole('heading', { name: 'Requests' }).first()).toBeFocused();
    await ines.activate(ines.page.getByRole('link', { name: 'Back' }));
    await expect(ines.page.getByRole('heading', { name: 'Chats' })).toBeFocused();
    await expect(ines.page.getByRole('link', { name: /Requests/ })).toBeHidden();
  });

  const next = 'seven slow rivers bend';
  await test.step('settings: name, theme, size of the text, password, key', async () => {
    await openSettings(ines);
    await ines.fill(ines.page.getByRole('textbox', { name: 'Name' }), 'Ines D.');
    await ines.press('Enter');
    await expect(ines.button('Menu of Ines D.')).toBeVisible();
    await ines.moveTo(ines.page.getByRole('radio', { name: 'System' }));
    await ines.moveTo(ines.page.getByRole('radio', { name: 'Dark' }), 'ArrowRight');
    await expect(ines.page.locator('html')).toHaveAttribute('data-theme', 'dark');
    await ines.moveTo(ines.page.getByRole('radio', { name: 'Normal' }));
    await ines.moveTo(ines.page.getByRole('radio', { name: 'Large', exact: true }), 'ArrowRight');
    await expect(ines.page.locator('html')).toHaveAttribute('data-text-size', 'large');
    await ines.activate(ines.button('Change password'));
    await ines.fill(ines.page.getByLabel('Current password'), PASSWORD);
    await ines.fill(ines.page.getByLabel('New password', { exact: true }), next);
    await ines.fill(ines.page.getByLabel('New password, once more'), next);
    await ines.press('Enter');
    await expect(ines.page.getByText('The password was changed')).toBeVisible({ timeout: 30_000 });
    await expect(ines.button('Change password')).toBeFocused();
    await ines.activate(ines.button('Renew encryption key'));
    await ines.fill(ines.page.getByLabel('Current password'), next);
    await ines.press('Enter');
    await expect(ines.page.getByText('The encryption key was renewed')).toBeVisible({ timeout: 30_000 });
    await expect(ines.button('Renew encryption key')).toBeFocused();
  });

  await test.step('the new password unlocks', async () => {
    await lock(ines);
    await ines.type(next);
    await ines.press('Enter');
    await expect(ines.page.getByRole('heading', { name: 'Settings' })).toBeFocused({ timeout: 30_000 });
  });

  await test.step('the account is removed', async () => {
    await lock(ines);
    await ines.activate(ines.button('Forgot your password?'));
    const dialog = ines.page.getByRole('dialog');
    await ines.activate(dialog.getByRole('button', { name: 'Remove from this device' }));
    await ines.activate(dialog.getByRole('checkbox'), 'Space');
    await ines.activate(dialog.getByRole('button', { name: 'Remove for good' }));
    await expect(ines.page.getByRole('link', { name: 'Create an account' })).toBeVisible({ timeout: 30_000 });
    await ines.moveTo(ines.page.getByRole('link', { name: 'Create an account' }));
  });
});

test('J8: another window joins, goes on when the first one is closed, and locks by keyboard alone @firefox', async ({
  context,
  relay,
}) => {
  const first = createTypist(await context.newPage());
  await createAccount(first, relay.url, { name: 'Ines Duarte' });

  const second = createTypist(await context.newPage());
  await second.visit(relay.url);
  await second.activate(second.page.getByRole('link', { name: /Open in another window/ }));
  await expect(second.page.getByRole('heading', { name: 'Chats' })).toBeVisible({ timeout: 30_000 });
  await untilStandingBy(first.page, 1);
  await first.page.close();
  await openSettings(second);
  await lock(second);
  await second.type(PASSWORD);
  await second.press('Enter');
  await expect(second.page.getByRole('heading', { name: 'Settings' })).toBeFocused({ timeout: 30_000 });
});

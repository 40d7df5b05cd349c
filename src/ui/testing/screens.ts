import type { Page } from '@playwright/test';
import { someAccounts } from './fake-core.ts';

/** One state of the page worth looking at: how to get there from a fresh window. */
export type Screen = {
  readonly name: string;
  /** What `fake-main.ts` sets up before the page starts. */
  readonly mode: string;
  readonly hash: string;
  readonly steps?: (page: Page) => Promise<void>;
  /** A window made smaller does not show what a small window shows: it is opened anew. */
  readonly differsByWidth?: true;
};

const mara = `#/a/${someAccounts[0]!.vaultId}`;

const openChat =
  (title: string) =>
  async (page: Page): Promise<void> => {
    const chat = page.getByRole('list', { name: 'Conversations' }).getByRole('link', { name: title });
    await chat.click();
    await page.getByRole('heading', { name: title }).waitFor();
    await page.getByRole('log').getByRole('article').last().waitFor();
  };
const searchFor =
  (query: string) =>
  async (page: Page): Promise<void> => {
    await page.getByRole('textbox', { name: 'Search everything' }).fill(query);
    await page.getByRole('heading', { name: 'Messages' }).waitFor();
  };
const openMenu = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: /^Menu of/ }).click();
};
const unlockWith =
  (password: string) =>
  async (page: Page): Promise<void> => {
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Unlock' }).click();
    await page.getByRole('alert').waitFor();
  };

export const SCREENS: readonly Screen[] = [
  { name: 'welcome', mode: 'none', hash: '#/' },
  { name: 'welcome-unread', mode: 'none,unread', hash: '#/' },
  { name: 'create', mode: 'none', hash: '#/new' },
  {
    name: 'create-errors',
    mode: 'none',
    hash: '#/new',
    steps: async (page) => {
      await page.getByLabel('Your name').fill('Mara Lindt');
      await page.getByLabel('Password', { exact: true }).fill('kettle ridge lamp');
      await page.getByLabel('Password, once more').fill('kettle ridge');
      await page.getByRole('button', { name: 'Create account' }).click();
    },
  },
  { name: 'accounts', mode: '', hash: '#/' },
  {
    name: 'account-remove',
    mode: '',
    hash: '#/',
    steps: async (page) => page.getByRole('button', { name: 'Remove from this device' }).first().click(),
  },
  { name: 'unlock', mode: 'one', hash: '#/' },
  { name: 'unlock-unnamed', mode: '', hash: `#/a/${someAccounts[1]!.vaultId}` },
  { name: 'unlock-wrong', mode: 'one', hash: '#/', steps: unlockWith('wrong') },
  { name: 'unlock-damaged', mode: 'one', hash: '#/', steps: unlockWith('database-damaged') },
  {
    name: 'unlock-forgotten',
    mode: 'one',
    hash: '#/',
    steps: async (page) => page.getByRole('button', { name: 'Forgot your password?' }).click(),
  },
  { name: 'unlock-gone', mode: '', hash: `#/a/${someAccounts[3]!.vaultId}` },
  { name: 'chats', mode: 'open,offline', hash: mara },
  { name: 'chats-empty', mode: 'open,empty', hash: mara },
  { name: 'chats-loading', mode: 'open,slow', hash: mara },
  { name: 'chats-memory', mode: 'open,memory', hash: mara },
  { name: 'chats-update', mode: 'open,update', hash: mara },
  { name: 'unlock-update', mode: 'one,update', hash: '#/' },
  { name: 'menu', mode: 'open', hash: mara, steps: openMenu },
  { name: 'shortcuts', mode: 'open', hash: mara, steps: async (page) => page.keyboard.press('?') },
  {
    name: 'search',
    mode: 'open',
    hash: mara,
    steps: searchFor('no'),
  },
  {
    name: 'search-best',
    mode: 'open',
    hash: mara,
    steps: async (page) => {
      await searchFor('no')(page);
      await page.getByRole('button', { name: 'Best match' }).click();
    },
  },
  { name: 'requests', mode: 'open', hash: `${mara}/requests` },
  {
    name: 'request',
    mode: 'open',
    hash: `${mara}/requests`,
    steps: async (page) => page.getByRole('link', { name: 'Tomasz' }).click(),
  },
  {
    name: 'people-blocked',
    mode: 'open',
    hash: `${mara}/requests`,
    steps: async (page) => {
      await page.getByRole('link', { name: 'Tomasz' }).click();
      await page.getByRole('button', { name: 'Block', exact: true }).click();
      await page.getByRole('link', { name: 'New chat' }).click();
      await page.getByLabel('Find a contact').fill('To');
      await page.getByRole('button', { name: 'Unblock Tomasz' }).waitFor();
    },
  },
  { name: 'conversation', mode: 'open', hash: mara, steps: openChat('Noor Haddad') },
  { name: 'conversation-group', mode: 'open', hash: mara, steps: openChat('Hut keepers') },
  { name: 'conversation-languages', mode: 'open', hash: mara, steps: openChat('Selma Brandt') },
  { name: 'conversation-rtl', mode: 'open', hash: mara, steps: openChat('ليلى منصور') },
  { name: 'conversation-turned', mode: 'open', hash: mara, steps: openChat('Eve Ash') },
  { name: 'conversation-failed', mode: 'open', hash: mara, steps: openChat('Wen Okafor') },
  { name: 'conversation-long', mode: 'open', hash: mara, steps: openChat('A very long name') },
  { name: 'conversation-blocked', mode: 'open', hash: mara, steps: openChat('Bruno Keller') },
  {
    name: 'conversation-up',
    mode: 'open',
    hash: mara,
    steps: async (page) => {
      await openChat('Noor Haddad')(page);
      await page.getByRole('log').evaluate((log) => log.parentElement?.scrollBy(0, -4_000));
      await page.getByRole('button', { name: /^Jump to newest/ }).waitFor();
    },
  },
  {
    name: 'conversation-search',
    mode: 'open',
    hash: mara,
    steps: async (page) => {
      await openChat('Noor Haddad')(page);
      await page.getByRole('button', { name: 'Search in this chat' }).click();
      await page.getByRole('textbox', { name: 'Search in this chat' }).fill('rope');
      await page.getByText(/^1 of/).waitFor();
    },
  },
  {
    name: 'message-menu',
    mode: 'open',
    hash: mara,
    steps: async (page) => {
      await openChat('Noor Haddad')(page);
      const message = page.getByRole('log').getByRole('article').last();
      await message.focus();
      await message.press('Enter');
    },
  },
  {
    name: 'message-delete',
    mode: 'open',
    hash: mara,
    steps: async (page) => {
      await openChat('Noor Haddad')(page);
      const message = page.getByRole('log').getByRole('article').last();
      await message.focus();
      await message.press('Enter');
      await page.getByRole('menuitem', { name: 'Delete for me' }).click();
    },
  },
  {
    name: 'details',
    mode: 'open',
    differsByWidth: true,
    hash: mara,
    steps: async (page) => {
      await openChat('Noor Haddad')(page);
      const pane = page.getByRole('region', { name: 'Details' });
      // Beside the conversation it is open by habit; on a phone it is a place to go to.
      if ((page.viewportSize()?.width ?? 0) < 700) await page.getByRole('button', { name: 'Details' }).click();
      await pane.waitFor();
    },
  },
  {
    name: 'save-chat',
    mode: 'open',
    differsByWidth: true,
    hash: mara,
    steps: async (page) => {
      await openChat('Noor Haddad')(page);
      if ((page.viewportSize()?.width ?? 0) < 700) await page.getByRole('button', { name: 'Details' }).click();
      await page.getByRole('button', { name: 'Save this chat as a file' }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'new-chat',
    mode: 'open',
    hash: `${mara}/new`,
    steps: async (page) => {
      await page.getByRole('button', { name: 'Create invite link' }).click();
      await page.getByRole('textbox', { name: 'Handle' }).fill('ada');
      await page.getByRole('button', { name: 'Find', exact: true }).click();
      await page.getByRole('button', { name: 'Start chat' }).waitFor();
    },
  },
  {
    name: 'new-chat-not-found',
    mode: 'open',
    hash: `${mara}/new`,
    steps: async (page) => {
      await page.getByRole('textbox', { name: 'Handle' }).fill('nobody_here');
      await page.getByRole('button', { name: 'Find', exact: true }).click();
      await page.getByRole('alert').waitFor();
    },
  },
  {
    name: 'invited',
    mode: 'one',
    hash: '#/i/0123456789abcdef',
    steps: async (page) => {
      await page.getByLabel('Password', { exact: true }).fill('correct horse battery');
      await page.getByRole('button', { name: 'Unlock' }).click();
      await page.getByRole('button', { name: 'Accept invite' }).waitFor();
    },
  },
  { name: 'invite-gone', mode: 'open', hash: `${mara}/invite` },
  { name: 'older-copy', mode: 'open,older-copy', hash: mara },
  { name: 'older-copy-coming-back', mode: 'open,coming-back', hash: mara },
  { name: 'relay-restored', mode: 'open,relay-restored', hash: mara },
  { name: 'relay-restoring', mode: 'open,relay-restoring', hash: mara },
  { name: 'older-copy-settings', mode: 'open,older-copy', hash: `${mara}/settings` },
  { name: 'device-removed', mode: 'open,removed', hash: mara },
  { name: 'settings', mode: 'open', hash: `${mara}/settings` },
  {
    name: 'settings-checked',
    mode: 'open',
    hash: `${mara}/settings`,
    steps: async (page) => {
      await page.getByRole('button', { name: 'Check for updates' }).click();
      await page.getByText('This is the newest version.').waitFor();
    },
  },
  {
    name: 'settings-password',
    mode: 'open',
    hash: `${mara}/settings`,
    steps: async (page) => page.getByRole('button', { name: 'Change password' }).click(),
  },
  {
    name: 'settings-key',
    mode: 'open',
    hash: `${mara}/settings`,
    steps: async (page) => {
      await page.getByRole('button', { name: 'Renew encryption key' }).click();
      await page.getByLabel('Current password').fill('wrong');
      await page.keyboard.press('Enter');
      await page.getByText('That is not the password').waitFor();
    },
  },
  { name: 'settings-renewing', mode: 'open,renewing', hash: `${mara}/settings` },
  { name: 'settings-renewing-damaged', mode: 'open,renewing-damaged', hash: `${mara}/settings` },
  { name: 'nowhere', mode: 'open', hash: '#/some/where' },
];

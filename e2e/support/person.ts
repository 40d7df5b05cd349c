/** What a person does in a window of Sotto, by the names that a screen reader would say. */
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, type Locator, type Page } from '@playwright/test';

export type NewAccount = {
  readonly name: string;
  readonly handle?: string;
  readonly password?: string;
  readonly showNameWhenLocked?: boolean;
};

export const PASSWORD = 'four quiet herons wade';

export type Person = ReturnType<typeof createPerson>;

/** @param downloads the folder of the browser's downloads, where the browser does not tell of each */
export const createPerson = (page: Page, url: string, downloads?: string) => {
  const composer = (): Locator => page.getByRole('textbox', { name: /^Message to / });
  const timeline = (): Locator => page.getByRole('log');
  const message = (text: string): Locator => timeline().getByRole('article').filter({ hasText: text });

  const createAccount = async ({
    name,
    handle,
    password = PASSWORD,
    showNameWhenLocked,
  }: NewAccount): Promise<void> => {
    await page.goto(url);
    await page.getByRole('link', { name: /Create (an|another) account/ }).click();
    await page.getByRole('textbox', { name: 'Your name' }).fill(name);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByLabel('Password, once more').fill(password);
    if (handle !== undefined) await page.getByRole('textbox', { name: /^Handle/ }).fill(handle);
    if (showNameWhenLocked === true) await page.getByLabel('Show my name when locked').check();
    await page.getByRole('button', { name: 'Create account' }).click();
    await expect(page.getByRole('heading', { name: 'Chats' })).toBeVisible({ timeout: 30_000 });
  };

  const unlock = async (password = PASSWORD): Promise<void> => {
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Unlock' }).click();
  };

  const openNewChat = async (): Promise<void> => {
    await page.getByRole('link', { name: 'New chat' }).first().click();
  };

  const addByHandle = async (handle: string): Promise<void> => {
    await openNewChat();
    await page.getByRole('textbox', { name: 'Handle' }).fill(handle);
    const start = page.getByRole('button', { name: 'Start chat' });
    // An account is there before the relay has heard of it: somebody made a moment ago may not be found yet.
    await expect(async () => {
      await page.getByRole('button', { name: 'Find', exact: true }).click();
      await expect(start).toBeVisible({ timeout: 2_000 });
    }).toPass({ timeout: 30_000 });
    await start.click();
    await expect(composer()).toBeVisible();
  };

  const createInviteLink = async (): Promise<string> => {
    await openNewChat();
    await page.getByRole('button', { name: 'Create invite link' }).click();
    return page.getByLabel('Invite link', { exact: true }).inputValue();
  };

  const acceptInvite = async (link: string): Promise<void> => {
    await page.goto(link);
    await page.getByRole('button', { name: 'Accept invite' }).click();
    await expect(composer()).toBeVisible();
  };

  const acceptRequest = async (): Promise<void> => {
    await page.getByRole('link', { name: /Requests/ }).click();
    await page.getByRole('button', { name: 'Accept' }).first().click();
    await expect(composer()).toBeVisible();
  };

  const openChat = async (title: string): Promise<void> => {
    await page
      .getByRole('list', { name: 'Conversations' })
      .getByRole('link', { name: new RegExp(title) })
      .click();
    await expect(composer()).toBeVisible();
  };

  const send = async (text: string): Promise<void> => {
    await composer().fill(text);
    await composer().press('Enter');
    await expect(composer()).toHaveValue('');
  };

  const saveChat = async (kind: RegExp): Promise<string> => {
    const save = page.getByRole('button', { name: 'Save this chat as a file' });
    // Beside the conversation the details are drawn a moment later; over it they are asked for.
    const details = page.getByRole('button', { name: 'Details' });
    if ((await details.getAttribute('aria-expanded')) === 'false') await details.click();
    await save.click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('radio', { name: kind }).check();
    const downloading = downloads === undefined ? page.waitForEvent('download') : undefined;
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog).toBeHidden();
    if (downloading !== undefined) return readFile(await (await downloading).path(), 'utf8');
    // The browser puts a name there first, and the file piece by piece: it is whole when it ends as its kind ends.
    let text = '';
    const read = async (): Promise<string> => {
      const [name, ...others] = await readdir(downloads!);
      if (name !== undefined && others.length === 0) text = await readFile(join(downloads!, name), 'utf8');
      return text;
    };
    await expect.poll(read).toMatch(/(<\/html>|\n\]\})\n$/);
    for (const name of await readdir(downloads!)) await rm(join(downloads!, name));
    return text;
  };

  /** All message texts of the open conversation that match, in the order shown. */
  const texts = async (pattern: RegExp): Promise<string[]> => {
    const shown = await timeline().getByRole('article').locator('[data-part="text"]').allInnerTexts();
    return shown.map((text) => text.trim()).filter((text) => pattern.test(text));
  };

  return {
    page,
    composer,
    timeline,
    message,
    createAccount,
    unlock,
    addByHandle,
    createInviteLink,
    acceptInvite,
    acceptRequest,
    openChat,
    send,
    saveChat,
    texts,
  };
};

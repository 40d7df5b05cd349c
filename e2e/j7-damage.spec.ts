import type { Page } from '@playwright/test';
import { createPerson, PASSWORD } from './support/person.ts';
import { expect, test } from './support/relay.ts';

type Half = 'header' | 'database';

/** Damages or deletes one half of the only vault's storage while it is locked, as a failing disk or a cleaner would. */
const harm = (page: Page, half: Half, how: 'flip' | 'delete'): Promise<number> =>
  page.evaluate(
    async ({ half, how }) => {
      const vaults = await (await navigator.storage.getDirectory()).getDirectoryHandle('v');
      let harmed = 0;
      for await (const vault of vaults.values()) {
        if (vault.kind !== 'directory') continue;
        for await (const file of vault.values()) {
          if (file.kind !== 'file' || file.name.startsWith('header') !== (half === 'header')) continue;
          harmed += 1;
          if (how === 'delete') {
            await vault.removeEntry(file.name);
            continue;
          }
          const handle = file;
          const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer());
          for (let at = 0; at < bytes.length; at += 256) bytes[at]! ^= 0x40;
          const writable = await handle.createWritable();
          await writable.write(bytes);
          await writable.close();
        }
      }
      return harmed;
    },
    { half, how },
  );

const CASES: readonly { readonly half: Half; readonly how: 'flip' | 'delete'; readonly sentence: RegExp }[] = [
  { half: 'header', how: 'flip', sentence: /keys of this account are damaged/ },
  { half: 'header', how: 'delete', sentence: /keys of this account are gone/ },
  { half: 'database', how: 'flip', sentence: /stored messages are damaged/ },
  { half: 'database', how: 'delete', sentence: /messages of this account are gone|stored messages are gone/ },
];

for (const { half, how, sentence } of CASES) {
  test(`J7: ${half} ${how === 'flip' ? 'damaged' : 'deleted'}: one clear sentence, nothing made anew`, async ({
    browser,
    relay,
  }) => {
    const tess = createPerson(await (await browser.newContext()).newPage(), relay.url);
    await tess.createAccount({ name: 'Tess' });
    await tess.page.getByRole('button', { name: /^Menu of/ }).click();
    await tess.page.getByRole('menuitem', { name: 'Lock now' }).click();
    await expect(tess.page.getByRole('button', { name: 'Unlock' })).toBeVisible();

    expect(await harm(tess.page, half, how)).toBeGreaterThan(0);
    await tess.page.reload();
    const password = tess.page.getByLabel('Password', { exact: true });
    await expect(password.or(tess.page.getByText(sentence)).first()).toBeVisible();
    if (await password.isVisible()) await tess.unlock(PASSWORD);
    await expect(tess.page.getByText(sentence).first()).toBeVisible({ timeout: 20_000 });
    await expect(tess.page.getByRole('heading', { name: 'Chats' })).toHaveCount(0);
  });
}

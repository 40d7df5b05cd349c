import type { Browser, Page } from '@playwright/test';
import { readVaultFiles, writeVaultFiles, type VaultFiles } from '../bench/app/origin-files.ts';
import { FRAME_SLOT_BYTES } from '../src/storage/vfs/layout.ts';
import { createPerson, PASSWORD, type Person } from './support/person.ts';
import { expect, test } from './support/relay.ts';

type How = 'flip' | 'delete' | 'halve' | 'empty';
type Harm = { readonly files: RegExp; readonly how: How };

/** Harms files of the only vault while it is locked, as a failing disk or a cleaner would. Answers how many. */
const harm = (page: Page, { files, how }: Harm): Promise<number> =>
  page.evaluate(
    async ({ pattern, how }) => {
      /** A worker that was ended a moment ago may hold its files a little longer. */
      const whenReleased = async <T>(open: () => Promise<T>): Promise<T> => {
        for (let tries = 0; ; tries += 1) {
          try {
            return await open();
          } catch (error) {
            if (tries === 100) throw error;
            await new Promise((resolve) => setTimeout(resolve, 50));
          }
        }
      };
      const vaults = await (await navigator.storage.getDirectory()).getDirectoryHandle('v');
      let harmed = 0;
      for await (const vault of vaults.values()) {
        if (vault.kind !== 'directory') continue;
        for await (const file of vault.values()) {
          if (file.kind !== 'file' || !new RegExp(pattern).test(file.name)) continue;
          harmed += 1;
          if (how === 'delete') {
            await whenReleased(() => vault.removeEntry(file.name));
            continue;
          }
          const bytes = new Uint8Array(await (await file.getFile()).arrayBuffer());
          for (let at = 0; at < bytes.length; at += 256) bytes[at]! ^= 0x40;
          const kept = { flip: bytes.length, halve: bytes.length >> 1, empty: 0 }[how];
          const writable = await whenReleased(() => file.createWritable({ keepExistingData: how !== 'flip' }));
          if (how === 'flip') await writable.write(bytes);
          else await writable.truncate(kept);
          await writable.close();
        }
      }
      return harmed;
    },
    { pattern: files.source, how },
  );

const lockedTess = async (browser: Browser, url: string): Promise<Person> => {
  const tess = createPerson(await (await browser.newContext()).newPage(), url);
  await tess.createAccount({ name: 'Tess' });
  await lock(tess);
  return tess;
};

const lock = async ({ page }: Person): Promise<void> => {
  await page.getByRole('button', { name: /^Menu of/ }).click();
  await page.getByRole('menuitem', { name: 'Lock now' }).click();
  await expect(page.getByRole('button', { name: 'Unlock' })).toBeVisible();
};

/** A worker that was ended a moment ago may hold them a little longer. */
const putBack = ({ page }: Person, files: VaultFiles): Promise<void> =>
  expect(() => writeVaultFiles(page, files)).toPass({ timeout: 5_000 });

const HEADER = /^header-/;
const DATABASE = /^[0-9]+$/;

/** `isSeen`: the list of accounts shows it; the rest is found out with the password. */
const REFUSED: readonly {
  readonly what: string;
  readonly harm: Harm;
  readonly sentence: RegExp;
  readonly isSeen?: true;
}[] = [
  {
    what: 'header damaged',
    harm: { files: HEADER, how: 'flip' },
    sentence: /keys of this account are damaged/,
    isSeen: true,
  },
  {
    what: 'header cut in half',
    harm: { files: HEADER, how: 'halve' },
    sentence: /keys of this account are damaged/,
    isSeen: true,
  },
  {
    what: 'header deleted',
    harm: { files: HEADER, how: 'delete' },
    sentence: /keys of this account are gone/,
    isSeen: true,
  },
  {
    what: 'header emptied',
    harm: { files: HEADER, how: 'empty' },
    sentence: /keys of this account are gone/,
    isSeen: true,
  },
  {
    what: 'database deleted',
    harm: { files: DATABASE, how: 'delete' },
    sentence: /messages of this account are gone/,
    isSeen: true,
  },
  {
    what: 'database emptied',
    harm: { files: DATABASE, how: 'empty' },
    sentence: /messages of this account are gone/,
    isSeen: true,
  },
  { what: 'database damaged', harm: { files: DATABASE, how: 'flip' }, sentence: /stored messages are damaged/ },
  { what: 'log damaged', harm: { files: /^1$/, how: 'flip' }, sentence: /stored messages are damaged/ },
  { what: 'log emptied', harm: { files: /^1$/, how: 'empty' }, sentence: /stored messages are damaged/ },
  { what: 'main file deleted', harm: { files: /^0$/, how: 'delete' }, sentence: /stored messages are (damaged|gone)/ },
  { what: 'main file cut in half', harm: { files: /^0$/, how: 'halve' }, sentence: /stored messages are damaged/ },
];

test('J7: whatever is damaged or gone has its own sentence, and nothing is made anew', async ({ browser, relay }) => {
  const tess = await lockedTess(browser, relay.url);
  const whole = await readVaultFiles(tess.page);
  for (const { what, harm: harmed, sentence, isSeen } of REFUSED) {
    await test.step(what, async () => {
      await putBack(tess, whole);
      expect(await harm(tess.page, harmed)).toBeGreaterThan(0);
      const before = contentsOf(await readVaultFiles(tess.page));
      await tess.page.reload();
      if (isSeen === undefined) await tess.unlock(PASSWORD);
      await expect(tess.page.getByText(sentence).first(), what).toBeVisible({ timeout: 20_000 });
      await expect(tess.page.getByRole('heading', { name: 'Chats' })).toHaveCount(0);
      expect(contentsOf(await readVaultFiles(tess.page)), what).toEqual(before);
    });
  }
  await putBack(tess, whole);
  await tess.page.reload();
  await tess.unlock(PASSWORD);
  await expect(tess.page.getByRole('heading', { name: 'Chats' }), 'put back, it opens').toBeVisible();
});

test('J7: one copy of the header damaged or gone: the account opens, and the copy is written anew', async ({
  browser,
  relay,
}) => {
  const tess = await lockedTess(browser, relay.url);
  for (const [copy, other] of [
    ['header-0', 'header-1'],
    ['header-1', 'header-0'],
  ] as const) {
    for (const how of ['flip', 'delete', 'halve'] as const) {
      await test.step(`${copy}, ${how}`, async () => {
        const whole = await readVaultFiles(tess.page);
        expect(await harm(tess.page, { files: new RegExp(`^${copy}$`), how })).toBe(1);
        await tess.page.reload();
        await tess.unlock(PASSWORD);
        await expect(tess.page.getByRole('heading', { name: 'Chats' })).toBeVisible();
        await lock(tess);
        const healed = await readVaultFiles(tess.page);
        for (const name of [copy, other]) expect(healed.get(name), `${name}, ${how}`).toEqual(whole.get(other));
      });
    }
  }
});

/**
 * A log that ends where a transaction ended, or within the next one, is what a crash leaves: it opens. Only the relay
 * can know that this account was further once (docs/protocol/sync.md, "Checkpoint"), so it is told at the next sync.
 */
test('J7: the log cut off at an earlier moment: it opens, and the next sync finds an older copy', async ({
  browser,
  relay,
}) => {
  const tess = createPerson(await (await browser.newContext()).newPage(), relay.url);
  await tess.createAccount({ name: 'Tess', handle: 'tess' });
  const ulf = createPerson(await (await browser.newContext()).newPage(), relay.url);
  await ulf.createAccount({ name: 'Ulf' });
  await ulf.addByHandle('tess');
  await ulf.send('Before.');
  await tess.acceptRequest();
  await expect(ulf.message('Before.')).toHaveAccessibleName(/On their device/, { timeout: 30_000 });
  const boundary = await restingLogBytes(tess.page);
  await ulf.send('After.');
  await expect(ulf.message('After.')).toHaveAccessibleName(/On their device/, { timeout: 30_000 });
  await lock(tess);
  const whole = await readVaultFiles(tess.page);
  const log = whole.get('1')!;
  expect(log.length).toBeGreaterThan(boundary + FRAME_SLOT_BYTES);

  const olderCopy = tess.page.getByText('This is an older copy of your data').first();
  for (const [what, length] of [
    ['within a transaction', boundary + FRAME_SLOT_BYTES / 2],
    ['at the end of one', boundary],
  ] as const) {
    await test.step(`cut ${what}, without a network nobody can know`, async () => {
      const cut = new Map([...whole, ['1', log.slice(0, length)]]);
      await putBack(tess, cut);
      await tess.page.evaluate(() => navigator.serviceWorker.ready);
      await tess.page.context().setOffline(true);
      await tess.page.reload();
      await tess.unlock(PASSWORD);
      await tess.openChat('Ulf');
      await expect(tess.message('Before.')).toBeVisible();
      await expect(tess.message('After.')).toHaveCount(0);
      await expect(olderCopy).toBeHidden();
      if (length !== boundary) await lock(tess);
    });
  }
  await test.step('the next sync tells it, and the account goes on as another device', async () => {
    await tess.page.context().setOffline(false);
    await expect(olderCopy).toBeVisible({ timeout: 30_000 });
    await expect(tess.message('Before.')).toBeVisible();
    await tess.send('What did I miss?');
    await expect(ulf.message('What did I miss?')).toBeVisible({ timeout: 30_000 });
  });
});

/** How long the log is once nothing is written any more: what is written at once ends there. */
const restingLogBytes = async (page: Page): Promise<number> => {
  const logBytes = (): Promise<number> =>
    page.evaluate(async () => {
      const vaults = await (await navigator.storage.getDirectory()).getDirectoryHandle('v');
      for await (const vault of vaults.values()) {
        const log = await (vault as FileSystemDirectoryHandle).getFileHandle('1');
        return (await log.getFile()).size;
      }
      return 0;
    });
  let last = -1;
  await expect
    .poll(
      async () => {
        const now = await logBytes();
        const isResting = now === last;
        last = now;
        return isResting;
      },
      { intervals: [1_000] },
    )
    .toBe(true);
  return last;
};

/** Names and bytes; an empty file is none. */
const contentsOf = (files: VaultFiles): readonly string[] =>
  [...files]
    .filter(([, bytes]) => bytes.length > 0)
    .map(([name, bytes]) => `${name}: ${Buffer.from(bytes).toString('base64')}`)
    .sort();

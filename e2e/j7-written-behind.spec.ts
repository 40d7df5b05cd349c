import type { BrowserContext, Page } from '@playwright/test';
import { createPerson } from './support/person.ts';
import { expect, test } from './support/relay.ts';

const CHANNEL = 'refuse-transactions';

/** Before the core's worker begins: no access handles, so that accounts rest in IndexedDB, which refuses as long as it is told to. */
const WITHOUT_HANDLES = `
  delete FileSystemFileHandle.prototype.createSyncAccessHandle;
  let isRefusing = false;
  const told = new BroadcastChannel('${CHANNEL}');
  told.onmessage = ({ data }) => {
    isRefusing = data === 'refuse';
    told.postMessage('done');
  };
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (...parameters) {
    const request = put.apply(this, parameters);
    if (isRefusing && this.name === 'blocks') this.transaction.abort();
    return request;
  };
`;

const takeHandlesAway = async (context: BrowserContext): Promise<void> => {
  await context.route(/\/assets\/core\.worker-[^/]*\.js$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: WITHOUT_HANDLES + (await response.text()) });
  });
};

const tellStorage = (page: Page, word: 'refuse' | 'store'): Promise<void> =>
  page.evaluate(
    async ([name, said]) => {
      const channel = new BroadcastChannel(name);
      await new Promise((resolve) => {
        channel.onmessage = resolve;
        channel.postMessage(said);
      });
      channel.close();
    },
    [CHANNEL, word] as const,
  );

test('J7: a browser that writes behind refuses a message: it is not shown as stored, and a later try is', async ({
  browser,
  relay,
}) => {
  const context = await browser.newContext({ serviceWorkers: 'block' });
  await takeHandlesAway(context);
  const ida = createPerson(await context.newPage(), relay.url);
  await ida.createAccount({ name: 'Ida', handle: 'ida' });
  const jon = createPerson(await (await browser.newContext()).newPage(), relay.url);
  await jon.createAccount({ name: 'Jon' });
  await jon.addByHandle('ida');
  await jon.send('Before.');
  await ida.acceptRequest();
  await ida.send('Kept.');
  await expect(ida.message('Kept.')).toHaveAccessibleName(/On their device/, { timeout: 30_000 });

  await ida.composer().fill('Refused once.');
  await tellStorage(ida.page, 'refuse');
  await ida.composer().press('Enter');
  await expect(ida.page.getByRole('alert')).toContainText('The browser could not store this');
  await expect(ida.composer()).toHaveValue('Refused once.');
  await expect(ida.message('Refused once.')).toHaveCount(0);
  await expect(ida.message('Kept.')).toHaveCount(1);

  await tellStorage(ida.page, 'store');
  const stored = ida
    .message('Refused once.')
    .and(ida.page.getByRole('article', { name: /Stored|At the relay|On their/ }));
  // Whoever asks again at once may still be refused: the account is opened again no more than every ten seconds.
  await expect(async () => {
    await ida.composer().press('Enter');
    await expect(stored).toBeVisible({ timeout: 3_000 });
  }).toPass({ timeout: 30_000 });
  await expect(ida.composer()).toHaveValue('');
  await expect(jon.message('Refused once.')).toBeVisible();
  await jon.send('It is here.');
  await expect(ida.message('It is here.')).toBeVisible();
  await expect(ida.message('Refused once.')).toHaveCount(1);
});

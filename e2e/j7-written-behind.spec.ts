import type { BrowserContext } from '@playwright/test';
import { createPerson } from './support/person.ts';
import { expect, test } from './support/relay.ts';

const CHANNEL = 'refuse-a-transaction';
const DRAFT_KEPT_MS = 1_500;

/** Before the core's worker begins: no access handles, so that accounts rest in IndexedDB, which refuses when told to. */
const WITHOUT_HANDLES = `
  delete FileSystemFileHandle.prototype.createSyncAccessHandle;
  let isRefusing = false;
  const told = new BroadcastChannel('${CHANNEL}');
  told.onmessage = () => {
    isRefusing = true;
    told.postMessage('ready');
  };
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (...parameters) {
    const request = put.apply(this, parameters);
    if (isRefusing && this.name === 'blocks') {
      isRefusing = false;
      this.transaction.abort();
    }
    return request;
  };
`;

const takeHandlesAway = async (context: BrowserContext): Promise<void> => {
  await context.route(/\/assets\/core\.worker-[^/]*\.js$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: WITHOUT_HANDLES + (await response.text()) });
  });
};

test('J7: a browser that writes behind refuses a message: it is not shown as stored, and the next try is', async ({
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
  await ida.page.waitForTimeout(DRAFT_KEPT_MS); // the draft is a transaction of its own
  await ida.page.evaluate(async (name) => {
    const channel = new BroadcastChannel(name);
    await new Promise((resolve) => {
      channel.onmessage = resolve;
      channel.postMessage('refuse');
    });
  }, CHANNEL);
  await ida.composer().press('Enter');
  await expect(ida.page.getByRole('alert')).toContainText('The browser could not store this');
  await expect(ida.composer()).toHaveValue('Refused once.');
  await expect(ida.message('Refused once.')).toHaveCount(0);
  await expect(ida.message('Kept.')).toHaveCount(1);

  await ida.composer().press('Enter');
  await expect(jon.message('Refused once.')).toBeVisible();
  await jon.send('It is here.');
  await expect(ida.message('It is here.')).toBeVisible();
  await expect(ida.message('Refused once.')).toHaveCount(1);
});

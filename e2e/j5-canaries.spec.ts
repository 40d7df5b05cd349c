import type { Page } from '@playwright/test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readVaultFiles } from '../bench/app/origin-files.ts';
import { RELAY_OPERATIONS } from '../src/wire/relay-api.ts';
import { encodeWith } from '../src/wire/schema.ts';
import { untilEnded } from './support/browser-processes.ts';
import { findNeedles, textNeedle, type Needle } from './support/needles.ts';
import { createPerson, PASSWORD, type Person } from './support/person.ts';
import { openProfile, readTree } from './support/profile.ts';
import { startRecordingProxy, type Place } from './support/recording-proxy.ts';
import { expect, test } from './support/relay.ts';
import { readVaultSecrets } from './support/vault-secrets.ts';

const SECRETS = {
  question: 'Quillfeather sleeps under the copper stair',
  answer: 'Then bring umbrage and marzipan at midnight',
  searched: 'marzipan',
  ownName: 'Theodora Lindqvist-Amsel',
  contactName: 'Balthasar Oyelaran',
} as const;
const HANDLE = 'balthasar_oy';

/** Put where secrets could lie, on purpose: a search that does not find these proves nothing. */
const PLANTED = {
  opfs: 'planted in a file of the origin',
  indexedDb: 'planted in a database of the browser',
  caches: 'planted in a cache of answers',
  localStorage: 'planted in the local storage',
  request: 'planted in the body of a request',
  page: 'planted in what the page prints',
  worker: 'planted in what the core worker prints',
} as const;

const plantInProfile = (page: Page): Promise<void> =>
  page.evaluate(async (planted) => {
    const file = await (await navigator.storage.getDirectory()).getFileHandle('planted', { create: true });
    const writable = await file.createWritable();
    await writable.write(planted.opfs);
    await writable.close();
    await (await caches.open('planted')).put('/planted', new Response(planted.caches));
    localStorage.setItem('planted', planted.localStorage);
    await new Promise<void>((resolve, reject) => {
      const opening = indexedDB.open('planted', 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore('planted');
      opening.onerror = () => reject(opening.error ?? new Error('not opened'));
      opening.onsuccess = () => {
        const writing = opening.result.transaction('planted', 'readwrite', { durability: 'strict' });
        writing.objectStore('planted').put(planted.indexedDb, 'key');
        writing.oncomplete = () => resolve();
      };
    });
  }, PLANTED);

const plantOnWires = async ({ page }: Person): Promise<void> => {
  // The answer to this look-up holds the handle.
  const lookUp = [...encodeWith(RELAY_OPERATIONS.account.request, { handle: HANDLE })];
  await page.evaluate(
    async ({ request, page: text, lookUp }) => {
      console.log(text);
      await fetch('/v1/planted', { method: 'POST', body: request });
      const headers = { 'content-type': 'application/cbor' };
      await fetch('/v1/account', { method: 'POST', headers, body: Uint8Array.from(lookUp) });
    },
    { ...PLANTED, lookUp },
  );
  const [worker] = page.workers();
  expect(worker, 'the page has a core worker').toBeDefined();
  await worker?.evaluate((text) => console.log(text), PLANTED.worker);
};

const lockedFiles = async (person: Person) => {
  await person.page.getByRole('button', { name: /^Menu of/ }).click();
  await person.page.getByRole('menuitem', { name: 'Lock now' }).click();
  await expect(person.page.getByRole('button', { name: 'Unlock' })).toBeVisible();
  return readVaultFiles(person.page);
};

/** Of the page and its workers, with what was not caught. */
const listenToConsole = (page: Page): readonly Place[] => {
  const printed: Place[] = [];
  const note = (text: string): void => void printed.push({ path: 'console', bytes: Buffer.from(text) });
  page.on('console', (message) => note(message.text()));
  page.on('pageerror', (error) => note(String(error.stack)));
  return printed;
};

const expectFound = (places: readonly Place[], ...needles: readonly Needle[]): void => {
  for (const needle of needles) expect(findNeedles(places, [needle]), `${needle.name} is found`).not.toEqual([]);
};

test('J5: no secret and no key lies in any file of the profile, at the relay, on the wire or in a log', async ({
  browser,
  playwright,
  relay,
  relayDataDir,
}) => {
  const directory = await mkdtemp(join(tmpdir(), 'sotto-profile-'));
  const profile = await openProfile(playwright.chromium, directory);
  const [herWire, hisWire] = [await startRecordingProxy(relay.url), await startRecordingProxy(relay.url)];
  const theodora = createPerson(await profile.newPage(), herWire.url);
  const balthasar = createPerson(await (await browser.newContext()).newPage(), hisWire.url);
  const [herConsole, hisConsole] = [listenToConsole(theodora.page), listenToConsole(balthasar.page)];
  await theodora.createAccount({ name: SECRETS.ownName });
  await balthasar.createAccount({ name: SECRETS.contactName, handle: HANDLE });

  await theodora.addByHandle(HANDLE);
  await theodora.send(SECRETS.question);
  await balthasar.acceptRequest();
  await balthasar.send(SECRETS.answer);
  await expect(theodora.message(SECRETS.answer)).toBeVisible();
  await expect(balthasar.message(SECRETS.answer)).toHaveAccessibleName(/On their device/);
  const draft = `draft: ${SECRETS.searched}`;
  await theodora.composer().fill(draft);
  await theodora.page.getByRole('link', { name: 'New chat' }).first().click();
  await expect(theodora.page.getByRole('list', { name: 'Conversations' })).toContainText(draft); // so it is stored
  await theodora.page.getByRole('textbox', { name: 'Search everything' }).fill(SECRETS.searched);
  await expect(theodora.page.getByRole('button', { name: new RegExp(SECRETS.searched) })).toBeVisible();
  await plantInProfile(theodora.page);
  for (const person of [theodora, balthasar]) await plantOnWires(person);

  const hers = await readVaultSecrets('Theodora', await lockedFiles(theodora), PASSWORD);
  const his = await readVaultSecrets('Balthasar', await lockedFiles(balthasar), PASSWORD);
  await profile.close();
  await untilEnded(directory);
  const files = await readTree(directory);
  await relay.stop();
  const relayFiles = await readTree(relayDataDir);
  for (const wire of [herWire, hisWire]) await wire.stop();
  const [herTraffic, hisTraffic] = [herWire.recorded(), hisWire.recorded()];
  const logs = [{ path: 'what the relay printed', bytes: Buffer.from(relay.output()) }];

  // First, that each place is searched at all.
  const { opfs, indexedDb, caches, localStorage } = PLANTED;
  expectFound(files, ...[opfs, indexedDb, caches, localStorage].map(textNeedle));
  expectFound(relayFiles, textNeedle(HANDLE), hers.mailboxId, ...hers.groupIds);
  expectFound(logs, textNeedle('stopped'));
  for (const [{ mailboxId, groupIds, capabilities }, traffic, printed] of [
    [hers, herTraffic, herConsole],
    [his, hisTraffic, hisConsole],
  ] as const) {
    expectFound([traffic.requests], textNeedle(PLANTED.request), mailboxId, ...capabilities);
    expectFound([traffic.responses], textNeedle(HANDLE));
    expectFound([traffic.framesSent], mailboxId);
    expectFound([traffic.framesReceived], ...groupIds);
    expectFound(printed, textNeedle(PLANTED.page), textNeedle(PLANTED.worker));
  }
  expect(hers.keys.length, 'keys of vault, device, group, tree, ratchets and key packages').toBeGreaterThan(50);

  // Then, that nothing lies there.
  const texts = [...Object.values(SECRETS), PASSWORD].map(textNeedle);
  const secrets = [...texts, ...hers.keys, ...his.keys];
  const capabilities = [...hers.capabilities, ...his.capabilities];
  expect(findNeedles(files, [...secrets, ...capabilities, textNeedle(HANDLE)])).toEqual([]);
  expect(findNeedles(relayFiles, [...secrets, ...capabilities])).toEqual([]);
  const traffic = [herTraffic, hisTraffic].flatMap((recorded) => Object.values<Place>({ ...recorded }));
  expect(findNeedles(traffic, secrets)).toEqual([]);
  expect(findNeedles([...herConsole, ...hisConsole], [...secrets, ...capabilities])).toEqual([]);
  expect(findNeedles(logs, [...secrets, ...capabilities, textNeedle(HANDLE)])).toEqual([]);
  await rm(directory, { recursive: true, force: true });
});

import type { Page } from '@playwright/test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unlockVault } from '../src/vault/unlock-vault.ts';
import { findNeedles, keyNeedle, textNeedle, type Needle } from './support/needles.ts';
import { createPerson, PASSWORD } from './support/person.ts';
import { openProfile, readTree } from './support/profile.ts';
import { expect, test } from './support/relay.ts';

const SECRETS = {
  question: 'Quillfeather sleeps under the copper stair',
  answer: 'Then bring umbrage and marzipan at midnight',
  searched: 'marzipan',
  ownName: 'Theodora Lindqvist-Amsel',
  contactName: 'Balthasar Oyelaran',
} as const;
const HANDLE = 'balthasar_oy';
const HEADER_MAGIC = Buffer.from('SottoVLT');

type Place = { readonly path: string; readonly bytes: Buffer };

/** Everything that leaves or reaches a page, service worker and core worker included where the browser shows them. */
const recordTraffic = (page: Page, into: Place[]): void => {
  page.context().on('request', (request) => {
    const body = request.postDataBuffer();
    into.push({ path: request.url(), bytes: Buffer.concat([Buffer.from(request.url()), body ?? Buffer.alloc(0)]) });
  });
  page.on('websocket', (socket) => {
    const note = (data: { payload: string | Buffer }): void => {
      into.push({ path: socket.url(), bytes: Buffer.from(data.payload) });
    };
    socket.on('framesent', note);
    socket.on('framereceived', note);
  });
};

test('J5: no secret and no key lies in any file of the profile, at the relay, on the wire or in a log', async ({
  browser,
  playwright,
  relay,
  relayDataDir,
}) => {
  test.setTimeout(240_000);
  const directory = await mkdtemp(join(tmpdir(), 'sotto-profile-'));
  const traffic: Place[] = [];
  const profile = await openProfile(playwright.chromium, directory);
  const theodora = createPerson(await profile.newPage(), relay.url);
  recordTraffic(theodora.page, traffic);
  await theodora.createAccount({ name: SECRETS.ownName });
  const balthasar = createPerson(await (await browser.newContext()).newPage(), relay.url);
  recordTraffic(balthasar.page, traffic);
  await balthasar.createAccount({ name: SECRETS.contactName, handle: HANDLE });

  await theodora.addByHandle(HANDLE);
  await theodora.send(SECRETS.question);
  await balthasar.acceptRequest();
  await balthasar.send(SECRETS.answer);
  await expect(theodora.message(SECRETS.answer)).toBeVisible();
  await theodora.page.getByRole('textbox', { name: 'Search everything' }).fill(SECRETS.searched);
  await expect(theodora.page.getByText(SECRETS.searched).first()).toBeVisible();
  await theodora.composer().fill(`draft: ${SECRETS.searched}`);
  await theodora.page.waitForTimeout(1_000); // the draft's own debounce
  await profile.close();

  const files = await readTree(directory);
  const header = files.find(({ bytes }) => bytes.subarray(0, HEADER_MAGIC.length).equals(HEADER_MAGIC));
  expect(header, 'the vault header lies somewhere in the profile').toBeDefined();
  const vault = await unlockVault(
    { headerStore: { read: async () => header!.bytes, write: async () => undefined } },
    { password: PASSWORD },
  );
  expect(vault.ok).toBe(true);
  if (!vault.ok) return;
  const keys: Needle[] = Object.entries(vault.value.keys).map(([name, key]) => keyNeedle(`${name} key`, key));
  const secrets = [...Object.values(SECRETS).map(textNeedle), textNeedle(PASSWORD), ...keys];

  expect(findNeedles(files, [...secrets, textNeedle(HANDLE)])).toEqual([]);
  await relay.stop();
  const relayFiles = await readTree(relayDataDir);
  expect(findNeedles(relayFiles, secrets)).toEqual([]);
  // The directory needs handles: the search must find this one, or it would find nothing at all.
  expect(findNeedles(relayFiles, [textNeedle(HANDLE)])).not.toEqual([]);
  expect(findNeedles(traffic, [textNeedle(HANDLE)])).not.toEqual([]);
  expect(traffic.length).toBeGreaterThan(10);
  expect(findNeedles(traffic, secrets)).toEqual([]);
  const logs = [{ path: 'relay log', bytes: Buffer.from(relay.output()) }];
  expect(findNeedles(logs, [...secrets, textNeedle(HANDLE)])).toEqual([]);
  await rm(directory, { recursive: true, force: true });
});

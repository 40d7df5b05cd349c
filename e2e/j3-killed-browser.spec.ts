import { createPerson, PASSWORD } from './support/person.ts';
import { expect, test } from './support/relay.ts';

const numbered = (who: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${who} number ${index + 1}.`);

test('J3: the browser is killed with a request unanswered, then while sending and receiving; the history is whole', async ({
  browser,
  newDevice,
  relay,
}) => {
  const device = await newDevice();
  const asked = await device.open();
  await asked.createAccount({ name: 'Dmitri Volkov', handle: 'dmitri' });
  const amara = createPerson(await (await browser.newContext()).newPage(), relay.url);
  await amara.createAccount({ name: 'Amara Mensah' });
  await amara.addByHandle('dmitri');
  await amara.send('Amara number 0.');
  await expect(asked.page.getByRole('link', { name: /Requests/ })).toBeVisible();
  await device.kill();

  const dmitri = await device.open();
  await dmitri.unlock(PASSWORD);
  await dmitri.acceptRequest();
  await expect(dmitri.message('Amara number 0.')).toBeVisible();

  const outgoing = numbered('Dmitri', 12);
  const incoming = numbered('Amara', 12);
  const stored: string[] = [];
  const write = (async () => {
    for (const text of outgoing) {
      await dmitri.send(text);
      await expect(dmitri.message(text)).toHaveAccessibleName(/Stored here|At the relay|On their device/);
      stored.push(text);
    }
  })().catch(() => undefined); // the browser dies under it
  const answer = (async () => {
    for (const text of incoming) await amara.send(text);
  })();
  await expect.poll(() => stored.length).toBeGreaterThan(4);
  await device.kill();
  await write;
  await answer;

  const again = await device.open();
  await again.unlock('not the password');
  await expect(again.page.getByRole('alert')).toContainText('That is not the password of this account');
  await again.unlock(PASSWORD);
  await again.openChat('Amara Mensah');
  for (const text of stored) await expect(again.message(text)).toHaveCount(1);
  for (const text of incoming) await expect(again.message(text)).toHaveCount(1, { timeout: 30_000 });
  for (const text of stored) await expect(amara.message(text)).toHaveCount(1, { timeout: 30_000 });
  await expect(again.timeline().getByRole('article', { name: /Stored here|At the relay/ })).toHaveCount(0, {
    timeout: 30_000,
  });
  // Each author's in the order of writing, and both in one order that is the same on both sides.
  const seen = await again.texts(/ number [1-9]/);
  expect(seen.filter((text) => text.startsWith('Amara'))).toEqual(incoming);
  const his = seen.filter((text) => text.startsWith('Dmitri'));
  expect(his).toEqual(outgoing.slice(0, his.length));
  // Her core has all of it, and has said so; her window shows it in its own time.
  await expect.poll(() => amara.texts(/ number [1-9]/)).toEqual(seen);
});

/** From the first message to somebody unknown: while the group is made and sealed, and with the request on its way. */
const FIRST_CONTACT_KILLS_MS = [0, 400];

test('J3: the browser is killed while its owner writes to somebody for the first time; the request arrives, once', async ({
  browser,
  newDevice,
  relay,
}) => {
  const device = await newDevice();
  const amara = createPerson(await (await browser.newContext()).newPage(), relay.url);
  await amara.createAccount({ name: 'Amara Mensah', handle: 'amara' });
  let dmitri = await device.open();
  await dmitri.createAccount({ name: 'Dmitri Volkov' });
  await dmitri.addByHandle('amara');
  const asked = numbered('Dmitri', FIRST_CONTACT_KILLS_MS.length);
  for (const [index, afterMs] of FIRST_CONTACT_KILLS_MS.entries()) {
    const text = asked[index]!;
    await dmitri.composer().fill(text);
    await dmitri.composer().press('Enter');
    await expect(dmitri.message(text)).toHaveAccessibleName(/Stored here|At the relay/);
    await dmitri.page.waitForTimeout(afterMs);
    await device.kill();

    dmitri = await device.open();
    await dmitri.unlock(PASSWORD);
    await dmitri.openChat('amara');
    for (const earlier of asked.slice(0, index + 1)) await expect(dmitri.message(earlier)).toHaveCount(1);
  }
  await amara.acceptRequest();
  await expect.poll(() => amara.texts(/ number /), { timeout: 30_000 }).toEqual(asked);
  await amara.send('Who is that?');
  await expect(dmitri.message('Who is that?')).toHaveCount(1, { timeout: 30_000 });
  expect(await dmitri.texts(/ number /)).toEqual(asked);
});

/**
 * From the press of the button: on an idle machine while the password is stretched, while the first files are written,
 * and after them. The full run has such a machine; beside other tests all of them come earlier in what happens.
 */
const CREATION_KILLS_MS = [50, 500, 1_000, 2_000];

test('J3: the browser is killed while an account is made; there is none afterwards, or a whole one', async ({
  newDevice,
}) => {
  for (const afterMs of CREATION_KILLS_MS) {
    await test.step(`after ${afterMs} ms`, async () => {
      const device = await newDevice();
      const { page } = await device.open();
      await page.getByRole('link', { name: /Create (an|another) account/ }).click();
      await page.getByRole('textbox', { name: 'Your name' }).fill('Ines Okoro');
      await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
      await page.getByLabel('Password, once more').fill(PASSWORD);
      await page.getByRole('button', { name: 'Create account' }).click();
      await page.waitForTimeout(afterMs);
      await device.kill();

      const again = await device.open();
      const password = again.page.getByLabel('Password', { exact: true });
      // The first one: beside an account, whole or not, the link says "another".
      const welcome = again.page.getByRole('link', { name: 'Create an account' });
      await expect(password.or(welcome).first()).toBeVisible();
      if (await password.isVisible()) await again.unlock(PASSWORD);
      else await again.createAccount({ name: 'Ines Okoro' });
      await expect(again.page.getByRole('heading', { name: 'Chats' })).toBeVisible({ timeout: 30_000 });
      await device.remove();
    });
  }
});

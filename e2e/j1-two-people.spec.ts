import type { Browser } from '@playwright/test';
import { createPerson, type NewAccount, type Person } from './support/person.ts';
import { expect, test } from './support/relay.ts';

const EACH = 10;

const person = async (browser: Browser, url: string, account: NewAccount): Promise<Person> => {
  const someone = createPerson(await (await browser.newContext()).newPage(), url);
  await someone.createAccount(account);
  return someone;
};

/** Twenty messages, ten from each side, written without waiting for the other. */
const talk = async (left: Person, right: Person): Promise<void> => {
  const write = async (someone: Person, who: string): Promise<void> => {
    for (let index = 1; index <= EACH; index += 1) await someone.send(`${who} says ${index}.`);
  };
  await Promise.all([write(left, 'left'), write(right, 'right')]);

  const expected = (who: string): string[] => Array.from({ length: EACH }, (_, index) => `${who} says ${index + 1}.`);
  for (const someone of [left, right]) {
    for (const who of ['left', 'right']) {
      await expect.poll(() => someone.texts(new RegExp(`^${who} says`)), { timeout: 30_000 }).toEqual(expected(who));
    }
  }
  for (const [someone, who] of [
    [left, 'left'],
    [right, 'right'],
  ] as const) {
    for (const text of expected(who)) {
      await expect(someone.message(text)).toHaveAccessibleName(/On their device/, { timeout: 30_000 });
    }
  }
  // One conversation, and not one for each: both authors' messages stand in the same order on both sides.
  const seen = await left.texts(/ says /);
  expect(seen).toHaveLength(2 * EACH);
  expect(await right.texts(/ says /)).toEqual(seen);
};

test('J1: one adds the other by handle, the request is accepted, they talk @firefox', async ({ browser, relay }) => {
  const lucia = await person(browser, relay.url, { name: 'Lucía Paredes' });
  const jonas = await person(browser, relay.url, { name: 'Jonas Thelen', handle: 'jonas_t' });
  await lucia.addByHandle('jonas_t');
  await lucia.send('Both tickets are booked.');
  await jonas.acceptRequest();
  await expect(jonas.message('Both tickets are booked.')).toBeVisible();
  await talk(lucia, jonas);
});

test('J1: one follows an invite link of the other, they talk @firefox', async ({ browser, relay }) => {
  const selma = await person(browser, relay.url, { name: 'Selma Brandt' });
  const wen = await person(browser, relay.url, { name: 'Wen Okafor' });
  const link = await selma.createInviteLink();
  await wen.acceptInvite(link);
  await wen.send('That is the whole reason I moved here.');
  await selma.openChat('Wen Okafor');
  await expect(selma.message('That is the whole reason I moved here.')).toBeVisible();
  await talk(wen, selma);
});

import type { Browser } from '@playwright/test';
import type { RelayProcess } from '../relay/testing/relay-process.ts';
import { createPerson } from './support/person.ts';
import { expect, test } from './support/relay.ts';

/** Two people talk while the relay is killed again and again. */
const talkThroughKills = async (browser: Browser, relay: RelayProcess, kills: number): Promise<void> => {
  const ari = createPerson(await (await browser.newContext()).newPage(), relay.url);
  await ari.createAccount({ name: 'Ari' });
  const bea = createPerson(await (await browser.newContext()).newPage(), relay.url);
  await bea.createAccount({ name: 'Bea', handle: 'bea' });
  await ari.addByHandle('bea');
  await ari.send('Watered everything but the fern.');
  await bea.acceptRequest();
  await expect(bea.message('Watered everything but the fern.')).toBeVisible();

  const fromAri: string[] = [];
  const fromBea: string[] = [];
  for (let round = 1; round <= kills; round += 1) {
    fromAri.push(`Ari in round ${round}.`);
    fromBea.push(`Bea in round ${round}.`);
    const sending = Promise.all([ari.send(fromAri.at(-1)!), bea.send(fromBea.at(-1)!)]);
    // Between nothing and a fifth of a second into the exchange: before, during and after deposit and fetch.
    await ari.page.waitForTimeout((round * 37) % 200);
    await relay.kill();
    await sending;
    await relay.restart();
    // Every other time the exchange gets going again before the next kill.
    if (round % 2 === 0) {
      await expect(ari.message(fromAri.at(-1)!)).not.toHaveAccessibleName(/Stored here/, { timeout: 60_000 });
    }
  }
  for (const text of fromAri)
    await expect(ari.message(text)).toHaveAccessibleName(/On their device/, { timeout: 120_000 });
  for (const text of fromBea)
    await expect(bea.message(text)).toHaveAccessibleName(/On their device/, { timeout: 120_000 });
  // A core says that it has a message before its window shows it.
  await expect.poll(() => bea.texts(/^Ari in round/)).toEqual(fromAri);
  await expect.poll(() => ari.texts(/^Bea in round/)).toEqual(fromBea);
};

// Five are spread over the exchange, 37 ms apart; of the twenty, fifteen lie before and between them.
test('J4: the relay is killed five times during traffic; everything arrives, once and in order', async ({
  browser,
  relay,
}) => {
  await talkThroughKills(browser, relay, 5);
});

test('J4: the relay is killed twenty times during traffic; everything arrives, once and in order @full', async ({
  browser,
  relay,
}) => {
  test.setTimeout(300_000);
  await talkThroughKills(browser, relay, 20);
});

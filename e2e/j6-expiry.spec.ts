import { createPerson } from './support/person.ts';
import { countStoredMessages, expect, test } from './support/relay.ts';

const DAY_MS = 86_400_000;

test('J6: what nobody fetched for seven days is gone from the relay, and the sender is told that nothing confirmed it', async ({
  browser,
  relay,
  relayDataDir,
}) => {
  const lena = createPerson(await (await browser.newContext()).newPage(), relay.url);
  await lena.createAccount({ name: 'Lena' });
  const omarContext = await browser.newContext();
  const omar = createPerson(await omarContext.newPage(), relay.url);
  await omar.createAccount({ name: 'Omar', handle: 'omar' });
  await lena.addByHandle('omar');
  await lena.send('Are you there?');
  await omar.acceptRequest();
  await expect(lena.message('Are you there?')).toHaveAccessibleName(/On their device/);

  // His receipt goes out before he confirms to the relay. Closed in between, he would fetch the same message again.
  await expect.poll(() => countStoredMessages(relayDataDir), 'what is confirmed is gone').toBe(0);
  await omar.page.close();
  await lena.send('The ferry leaves at six.');
  await expect(lena.message('The ferry leaves at six.')).toHaveAccessibleName(/At the relay/);
  expect(countStoredMessages(relayDataDir)).toBe(1);

  await relay.moveClock(7 * DAY_MS + 60_000);
  expect(countStoredMessages(relayDataDir)).toBe(0);
  await lena.page.reload();
  await lena.unlock();
  await lena.openChat('Omar');
  await expect(lena.message('The ferry leaves at six.')).toContainText(
    'No confirmation in 7 days. If it was not fetched by then, the relay has deleted it.',
    {
      timeout: 30_000,
    },
  );
});

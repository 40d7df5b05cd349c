import { createPerson, PASSWORD } from './support/person.ts';
import { expect, test } from './support/relay.ts';

test('J2: without a network the app opens, unlocks, shows the history and takes messages @firefox', async ({
  browser,
  relay,
}) => {
  const elifContext = await browser.newContext();
  const elif = createPerson(await elifContext.newPage(), relay.url);
  await elif.createAccount({ name: 'Elif Sahin', handle: 'elif' });
  const milo = createPerson(await (await browser.newContext()).newPage(), relay.url);
  await milo.createAccount({ name: 'Milo Brandt' });
  await milo.addByHandle('elif');
  await milo.send('Chapter nine by next week?');
  await elif.acceptRequest();
  await expect(elif.message('Chapter nine by next week?')).toBeVisible();
  await elif.page.evaluate(() => navigator.serviceWorker.ready);

  await relay.kill();
  await elifContext.setOffline(true);
  await elif.page.reload();
  await elif.unlock(PASSWORD);
  await elif.openChat('Milo Brandt');
  await expect(elif.message('Chapter nine by next week?')).toBeVisible();
  const later = ['First, from the train.', 'Second, from the tunnel.', 'Third, from the platform.'];
  for (const text of later) await elif.send(text);
  for (const text of later) await expect(elif.message(text)).toHaveAccessibleName(/Stored here/);
  await expect(elif.page.getByText('Offline. 3 messages will go out later')).toBeVisible();

  await relay.restart();
  await elifContext.setOffline(false);
  for (const text of later)
    await expect(elif.message(text)).toHaveAccessibleName(/On their device/, { timeout: 60_000 });
  await expect.poll(() => milo.texts(/, from the /)).toEqual(later);
});

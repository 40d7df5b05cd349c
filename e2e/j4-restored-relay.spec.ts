import { cp, rm } from 'node:fs/promises';
import { createPerson } from './support/person.ts';
import { expect, test } from './support/relay.ts';

test('J4: the relay’s operator puts back a backup; both are told, and what was lost on the way arrives @full', async ({
  browser,
  relay,
  relayDataDir,
}, testInfo) => {
  const ari = createPerson(await (await browser.newContext()).newPage(), relay.url);
  await ari.createAccount({ name: 'Ari' });
  const bea = createPerson(await (await browser.newContext()).newPage(), relay.url);
  await bea.createAccount({ name: 'Bea', handle: 'bea' });
  await ari.addByHandle('bea');
  await ari.send('Before the backup.');
  await bea.acceptRequest();
  await expect(ari.message('Before the backup.')).toHaveAccessibleName(/On their device/, { timeout: 30_000 });

  const backup = testInfo.outputPath('backup');
  await relay.kill();
  await cp(relayDataDir, backup, { recursive: true });
  await relay.restart();
  await bea.send('After the backup.');
  await expect(bea.message('After the backup.')).toHaveAccessibleName(/On their device/, { timeout: 60_000 });
  await bea.page.context().setOffline(true);
  await ari.send('Nobody had fetched this.');
  await expect(ari.message('Nobody had fetched this.')).toHaveAccessibleName(/At the relay/, { timeout: 30_000 });

  await relay.kill();
  await rm(relayDataDir, { recursive: true });
  await cp(backup, relayDataDir, { recursive: true });
  await relay.restart({ restored: true });
  const told = (person: typeof ari) => person.page.getByText('The relay was put back from a backup', { exact: true });
  await expect(told(ari).first()).toBeVisible({ timeout: 60_000 });
  await bea.page.context().setOffline(false);
  await expect(told(bea).first()).toBeVisible({ timeout: 60_000 });

  await expect(bea.message('Nobody had fetched this.')).toBeVisible({ timeout: 60_000 });
  await bea.send('Still here.');
  await expect(bea.message('Still here.')).toHaveAccessibleName(/On their device/, { timeout: 60_000 });
  const all = ['Before the backup.', 'After the backup.', 'Nobody had fetched this.', 'Still here.'];
  for (const person of [ari, bea]) {
    await expect.poll(() => person.texts(/backup\.$|fetched this\.$|Still here\.$/)).toEqual(all);
  }
});

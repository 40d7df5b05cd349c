import { createPerson } from './support/person.ts';
import { expect, test } from './support/relay.ts';

test('J0: two windows of one browser, two accounts, one conversation @firefox', async ({ context, relay }) => {
  const ines = createPerson(await context.newPage(), relay.url);
  await ines.createAccount({ name: 'Ines Duarte', handle: 'ines' });
  const noor = createPerson(await context.newPage(), relay.url);
  await noor.createAccount({ name: 'Noor Haddad', handle: 'noor' });

  await ines.addByHandle('noor');
  await ines.send('Is the kettle with you?');
  await noor.acceptRequest();
  await expect(noor.message('Is the kettle with you?')).toBeVisible();
  await noor.send('It is. I bring it up.');
  await expect(ines.message('It is. I bring it up.')).toBeVisible();
  await expect(ines.message('Is the kettle with you?')).toHaveAccessibleName(/On their device/);
  // What was read in front of somebody is not unread: no count stands in the title, now and after more. Firefox gives
  // the focus, and so somebody's attention, to the window in front only.
  await noor.send('And the short rope.');
  await expect(ines.message('And the short rope.')).toBeVisible();
  await ines.page.bringToFront();
  await expect(ines.page).toHaveTitle('Sotto');
  await ines.send('Leave that one.');
  await expect(noor.message('Leave that one.')).toBeVisible();
  await noor.page.bringToFront();
  await expect(noor.page).toHaveTitle('Sotto');
});

/** Somebody with several accounts tells them apart by colour: one has the same wherever its owner sees it. */
import { expect, test, type Locator } from '@playwright/test';
import { hueOf } from '../../src/ui/components/face.ts';
import { PASSWORD, someAccounts } from '../../src/ui/testing/fake-core.ts';
import { startFakeServer, type FakeServer } from '../../src/ui/testing/fake-server.ts';
import { createWorld } from '../../src/ui/testing/world.ts';

let server: FakeServer;
test.beforeAll(async () => {
  server = await startFakeServer();
});
test.afterAll(async () => {
  await server.stop();
});

const colourOf = (face: Locator): Promise<string> =>
  face.evaluate((element) => getComputedStyle(element).backgroundColor);

for (const [called, { vaultId, label }] of [
  ['that shows its name', someAccounts[0]!],
  ['that shows no name', someAccounts[1]!],
] as const) {
  test(`an account ${called} has one colour, locked and open @firefox`, async ({ page }) => {
    expect(hueOf(createWorld('Mara Lindt', 0).me.accountId), 'the account id gives another one').not.toBe(
      hueOf(vaultId),
    );
    const looks: Record<string, string> = {};
    const face = '.face, .mark';
    await page.goto(`${server.url}#/`);
    const row = page.getByRole('link', { name: label ?? 'Account 2B9F' });
    looks.list = await colourOf(row.locator(face));
    await row.click();
    looks.unlock = await colourOf(page.locator('.who').locator(face));
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.keyboard.press('Enter');

    const header = page.getByRole('button', { name: /^Menu of/ });
    looks.header = await colourOf(header.locator(face));
    await header.click();
    looks.menu = await colourOf(page.locator('.whoami').locator(face));
    await page.getByRole('menuitem', { name: 'Settings' }).click();
    looks.profile = await colourOf(page.locator('.who').locator(face));
    looks.whenLocked = await colourOf(page.locator('.locked').locator(face));
    await page.goto(`${server.url}#/a/${vaultId}/new`);
    await page.getByRole('textbox', { name: 'Handle' }).fill('mara');
    await page.getByRole('button', { name: 'Find', exact: true }).click();
    looks.found = await colourOf(page.locator('.found').locator(face));

    const places = ['list', 'unlock', 'header', 'menu', 'profile', 'whenLocked', 'found'];
    expect(looks).toEqual(Object.fromEntries(places.map((place) => [place, looks.list])));
  });
}

/** What stands below a renewal of the key stays where it is when the renewal ends: somebody may be about to press it. */
import { expect, test } from '@playwright/test';
import { startFakeServer, type FakeServer } from '../../src/ui/testing/fake-server.ts';
import { SCREENS } from '../../src/ui/testing/screens.ts';

let server: FakeServer;
test.beforeAll(async () => {
  server = await startFakeServer();
});
test.afterAll(async () => {
  await server.stop();
});

for (const width of [320, 390, 1280]) {
  test(`at a width of ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height: 844 });
    const screen = SCREENS.find(({ name }) => name === 'settings-renewing')!;
    await page.goto(`${server.url}?mode=${screen.mode}${screen.hash}`);
    await page.getByRole('heading', { name: 'Renewing the encryption key: 42 %' }).scrollIntoViewIfNeeded();
    const below = page.getByRole('heading', { name: 'Storage' });
    const before = (await below.boundingBox())!.y;
    await page.evaluate(() =>
      fakeCore.emit({
        type: 'key-renewal',
        renewal: { movedShare: undefined, problem: undefined, orderedAtMs: Date.now() },
      }),
    );
    await expect(page.getByText('Last renewed on')).toBeVisible();
    expect((await below.boundingBox())!.y).toBeCloseTo(before, 0);
  });
}

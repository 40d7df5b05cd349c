import { expect, test } from 'vitest';
import { comparePageAeads } from './testing/compare-page-aeads.ts';
import { wrongXchacha, xchachaAeads } from './testing/xchacha-aeads.ts';

test('a page sealed by one cipher opens in the others, byte for byte', async () => {
  expect(comparePageAeads(await xchachaAeads(), 1, 2_000)).toEqual({ tried: 2_000, bad: 0, example: undefined });
});

test.each(['simd', 'scalar'] as const)('a %s build that is wrong in one bit is seen each time', async (build) => {
  const [libsodium] = await xchachaAeads();
  expect(comparePageAeads([libsodium, wrongXchacha(build)], 1, 100)).toMatchObject({ tried: 100, bad: 100 });
});

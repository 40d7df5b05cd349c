import { expect, test } from 'vitest';
import { ok } from '../../domain/result.ts';
import { openReading } from './testing/reading-fixture.ts';

test('Enter sends and nothing locks by itself until somebody chooses otherwise', async () => {
  const { reading } = await openReading();
  expect(await reading.settings()).toEqual({ enterSends: true, autoLockMinutes: 0 });
});

test('a change keeps what it does not name', async () => {
  const { reading } = await openReading();
  await reading.changeSettings({ autoLockMinutes: 15 });
  const changed = await reading.changeSettings({ enterSends: false });
  const both = { enterSends: false, autoLockMinutes: 15 };
  expect(changed).toEqual(ok(both));
  expect(await reading.settings()).toEqual(both);
});

test('what a later release wrote beside it is neither read nor lost', async () => {
  const { reading, rows, write } = await openReading();
  const later = Uint8Array.of(0xa1, 0x00, 0xf5);
  write(() => rows.settings.write('preference:theme', later));
  await reading.changeSettings({ enterSends: false });
  write(() => rows.settings.write('preferences', later));
  expect(await reading.settings()).toEqual({ enterSends: false, autoLockMinutes: 0 });
  expect(rows.settings.read('preference:theme')).toEqual(later);
});

test('a setting rests in a row of its own, as the first release wrote it', async () => {
  const { reading, rows } = await openReading();
  await reading.changeSettings({ enterSends: true, autoLockMinutes: 15 });
  expect(rows.settings.read('preference:enter-sends')).toEqual(Uint8Array.of(0xf5));
  expect(rows.settings.read('preference:auto-lock-minutes')).toEqual(Uint8Array.of(0x0f));
});

const refused: readonly Record<string, unknown>[] = [
  { theme: 'dark' },
  { enterSends: 'no' },
  { enterSends: undefined },
  { sendReceipts: false },
  { enterSends: 1 },
  { autoLockMinutes: -1 },
  { autoLockMinutes: 1.5 },
  { autoLockMinutes: 100_000 },
  { autoLockMinutes: '5' },
  { toString: true },
];

test.each(refused)('%j is refused, and nothing of it is kept', async (change) => {
  const { reading } = await openReading();
  await expect(reading.changeSettings({ enterSends: false, ...change })).rejects.toThrow(TypeError);
  expect(await reading.settings()).toMatchObject({ enterSends: true });
});

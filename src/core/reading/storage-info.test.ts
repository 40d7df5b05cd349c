import { expect, test } from 'vitest';
import { openReading } from './testing/reading-fixture.ts';

test('what rests on this device is counted, and grows with what comes in', async () => {
  const { reading, receive } = await openReading();
  const empty = await reading.storageInfo();
  expect(empty).toMatchObject({ messageCount: 0, layer: 'memory', isPersisted: undefined });
  for (let sequence = 1; sequence <= 20; sequence += 1) receive(sequence, 'a long letter '.repeat(2_000));
  const filled = await reading.storageInfo();
  expect(filled.messageCount).toBe(20);
  expect(filled.databaseBytes - empty.databaseBytes).toBeGreaterThan(20 * 28_000);
});

import { expect, it } from 'vitest';
import { createStorageRoom } from './storage-room.ts';

const GIB = 2 ** 30;
const freeBytes = (estimate: () => Promise<StorageEstimate>) => createStorageRoom({ estimate }).freeBytes();

it.each([
  ['there is some', { quota: 5_000_000, usage: 1_000_000 }, 4_000_000],
  ['it is used up', { quota: 5_000_000, usage: 5_000_000 }, 0],
  ['there is more than there may be', { quota: 5_000_000, usage: 6_000_000 }, 0],
  ['every site is told the same', { quota: 10 * GIB + 123_456, usage: 123_456 }, undefined],
  ['every site is told the same, on a small disk', { quota: 3 * GIB + 5, usage: 5 }, undefined],
  ['it is not said', {}, undefined],
])('the room that is left, where %s', async (_, estimate, bytes) => {
  expect(await freeBytes(async () => estimate)).toBe(bytes);
});

it('a browser that grants no storage, or has never heard of it, says nothing', async () => {
  expect(await freeBytes(() => Promise.reject(new TypeError()))).toBeUndefined();
  expect(await createStorageRoom(undefined).freeBytes()).toBeUndefined();
});

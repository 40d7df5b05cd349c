import { expect, it } from 'vitest';
import { err } from '../domain/result.ts';
import { createMemoryFileLayer } from '../storage/file-layer-memory.ts';
import { describeFileLayer } from '../storage/testing/file-layer-contract.ts';
import { keepSpareRoom, SPARE_ROOM_BYTES } from './spare-room.ts';
import { describeFullDisk } from './testing/full-disk-suite.ts';

describeFileLayer('with spare room', async () => {
  const memory = createMemoryFileLayer();
  const freeBytes = async () => 10 * SPARE_ROOM_BYTES;
  return {
    layer: keepSpareRoom(memory, { freeBytes }).layer,
    reopen: async () => keepSpareRoom(createMemoryFileLayer(memory.images()), { freeBytes }).layer,
  };
});

describeFullDisk('counted', (layer, freeBytes) => keepSpareRoom(layer, { freeBytes: async () => freeBytes() }));

it('stops before the limit of its kind of storage, too', async () => {
  const { layer, spare } = keepSpareRoom(createMemoryFileLayer(), {
    freeBytes: async () => undefined,
    bytesMax: SPARE_ROOM_BYTES + 1_000,
  });
  const [pages, log] = [await layer.open('0', 'create'), await layer.open('1', 'create')];
  if (!pages.ok || !log.ok) throw new Error('not opened');
  expect(pages.value.write(new Uint8Array(900), 0).ok).toBe(true);
  expect(log.value.write(new Uint8Array(101), 0)).toEqual(err({ tag: 'full' }));
  const end = spare.lift();
  expect(log.value.write(new Uint8Array(101), 0).ok).toBe(true);
  end();
  end();
  expect(log.value.write(new Uint8Array(1), 101)).toEqual(err({ tag: 'full' }));
  expect(log.value.write(new Uint8Array(1), 50).ok).toBe(true);
});

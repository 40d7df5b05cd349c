import { expect, it } from 'vitest';
import { err } from '../domain/result.ts';
import { createMemoryFileLayer } from '../storage/file-layer-memory.ts';
import { describeFileLayer } from '../storage/testing/file-layer-contract.ts';
import { createLimitedDisk } from '../storage/testing/limited-disk.ts';
import { keepSpareFile, SPARE_FILE } from './spare-file.ts';
import { SPARE_ROOM_BYTES } from './spare-room.ts';
import { describeFullDisk } from './testing/full-disk-suite.ts';

describeFileLayer('with a spare file', async () => {
  const memory = createMemoryFileLayer();
  return {
    layer: keepSpareFile(memory).layer,
    reopen: async () => keepSpareFile(createMemoryFileLayer(memory.images())).layer,
  };
});

describeFullDisk('a file', keepSpareFile);

/** A layer with one file, in a browser whose quota the test sets. */
const setUp = async () => {
  const memory = createMemoryFileLayer();
  const { holding, setFree } = createLimitedDisk({ cutsAreFree: 'when-closed' });
  const beneath = holding(memory);
  const spared = keepSpareFile(beneath);
  const opened = await spared.layer.open('0', 'create');
  if (!opened.ok) throw new Error(opened.error.tag);
  const spareBytes = () => memory.images().get(SPARE_FILE)?.length;
  return { ...spared, memory, beneath, setFree, file: opened.value, spareBytes };
};
const bytes = new Uint8Array(1_000);
const MIB = 2 ** 20;

it('is as long as the other files and a step more, up to the whole spare room', async () => {
  const { layer, memory, file, spare, spareBytes } = await setUp();
  expect(spareBytes()).toBeUndefined();
  expect(spare.bytes()).toBe(0);
  file.write(bytes, 0);
  await layer.settle();
  file.write(bytes, 1_000);
  expect(spareBytes()).toBe(2 * MIB);
  file.write(bytes, 5 * MIB);
  expect(spareBytes()).toBe(7 * MIB);
  file.write(bytes, 40 * MIB);
  expect(spareBytes()).toBe(SPARE_ROOM_BYTES);
  expect(spare.bytes()).toBe(SPARE_ROOM_BYTES);
  expect(Buffer.alloc(SPARE_ROOM_BYTES).equals(memory.images().get(SPARE_FILE)!)).toBe(true);
  expect(await memory.open(SPARE_FILE, 'existing')).toEqual(err({ tag: 'taken' }));
  file.close();
  expect((await memory.open(SPARE_FILE, 'existing')).ok).toBe(true);
});

it('is held by nobody where there was nothing to open', async () => {
  const { layer, memory, file } = await setUp();
  file.write(bytes, 0);
  await layer.settle();
  file.close();
  expect(await layer.open('1', 'existing')).toEqual(err({ tag: 'gone' }));
  expect((await memory.open(SPARE_FILE, 'existing')).ok).toBe(true);
});

it('is cut for a deletion only, and made up for before anything else grows', async () => {
  const { layer, spare, file, setFree, spareBytes } = await setUp();
  file.write(bytes, 0);
  await layer.settle();
  file.write(bytes, 1_000);
  setFree(500);
  expect(file.write(bytes, 2_000)).toEqual(err({ tag: 'full' }));
  expect(spareBytes()).toBe(2 * MIB);

  const end = spare.lift();
  expect(file.write(bytes, 2_000).ok).toBe(true);
  end();
  expect(spareBytes()).toBe(0);
  expect(file.write(bytes, 3_000)).toEqual(err({ tag: 'full' }));
  expect(file.write(bytes, 2_000).ok).toBe(true);
  await layer.settle();
  expect(file.write(bytes, 3_000), 'there is not enough yet').toEqual(err({ tag: 'full' }));

  setFree(2 * MIB);
  expect(file.write(bytes, 3_000).ok).toBe(true);
  expect(spareBytes()).toBe(2 * MIB);
});

it('is asked for again where something else than room was missing, by deletions too', async () => {
  const { layer, spare, beneath, file, setFree, spareBytes } = await setUp();
  const other = await beneath.open(SPARE_FILE, 'create');
  if (!other.ok) throw new Error(other.error.tag);
  other.value.write(new Uint8Array(MIB), 0);
  expect(file.write(bytes, 0).ok).toBe(true);
  await layer.settle();
  expect(file.write(bytes, 1_000).ok).toBe(true);
  await layer.settle();
  other.value.close();
  setFree(0);
  const end = spare.lift();
  expect(file.write(bytes, 2_000)).toEqual(err({ tag: 'full' }));
  await layer.settle();
  expect(file.write(bytes, 2_000).ok).toBe(true);
  end();
  expect(spareBytes()).toBe(0);
});

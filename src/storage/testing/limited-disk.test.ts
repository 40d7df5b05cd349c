import { expect, it } from 'vitest';
import { err } from '../../domain/result.ts';
import { createMemoryFileLayer } from '../file-layer-memory.ts';
import type { FileLayer } from '../file-layer.ts';
import { describeFileLayer } from './file-layer-contract.ts';
import { createFaultyFileLayer } from './file-layer-faulty.ts';
import { createLimitedDisk } from './limited-disk.ts';

for (const cutsAreFree of ['at-once', 'when-closed'] as const) {
  describeFileLayer(`on a disk with room, cuts are free ${cutsAreFree}`, async () => {
    const memory = createMemoryFileLayer();
    const { holding } = createLimitedDisk({ cutsAreFree });
    return { layer: holding(memory), reopen: async () => holding(createMemoryFileLayer(memory.images())) };
  });
}

const full = err({ tag: 'full' });

const opened = async (layer: FileLayer, name: string) => {
  const file = await layer.open(name, 'create');
  if (!file.ok) throw new Error(file.error.tag);
  return file.value;
};

it('lets files grow as far as it has room, together, and change in place beyond that', async () => {
  const disk = createLimitedDisk({ cutsAreFree: 'at-once', freeBytes: 100 });
  const layer = disk.holding(createMemoryFileLayer(new Map([['0', new Uint8Array(1_000)]])));
  const [first, second] = [await opened(layer, '0'), await opened(layer, '1')];
  expect(first.write(new Uint8Array(70), 960).ok).toBe(true);
  expect(disk.freeBytes()).toBe(70);
  expect(second.write(new Uint8Array(71), 0)).toEqual(full);
  expect(second.truncate(71)).toEqual(full);
  expect(second.truncate(70).ok).toBe(true);
  expect(first.write(new Uint8Array(1), 1_030)).toEqual(full);
  expect(first.write(new Uint8Array(1_030), 0).ok).toBe(true);
  disk.setFree(1);
  expect(first.write(new Uint8Array(1), 1_030).ok).toBe(true);
});

it('has room again for what a file was cut by, at once or when it is closed', async () => {
  for (const [cutsAreFree, whenCut, whenClosed] of [
    ['at-once', 60, 60],
    ['when-closed', 0, 60],
  ] as const) {
    const disk = createLimitedDisk({ cutsAreFree, freeBytes: 100 });
    const file = await opened(disk.holding(createMemoryFileLayer()), '0');
    file.write(new Uint8Array(100), 0);
    file.truncate(40);
    expect(disk.freeBytes(), cutsAreFree).toBe(whenCut);
    file.close();
    file.close();
    expect(disk.freeBytes(), cutsAreFree).toBe(whenClosed);
  }
});

it('counts what a write that failed has left behind', async () => {
  const disk = createLimitedDisk({ cutsAreFree: 'at-once', freeBytes: 100 });
  const faulty = createFaultyFileLayer();
  const file = await opened(disk.holding(faulty), '0');
  faulty.failAt(0, { tag: 'full' }, false);
  expect(file.write(new Uint8Array(80), 0)).toEqual(full);
  expect(disk.freeBytes()).toBe(60);
  disk.setFree(0);
  expect(file.write(new Uint8Array(40), 0).ok).toBe(true);
  file.truncate(0);
  file.close();
  expect(disk.freeBytes()).toBe(40);
});

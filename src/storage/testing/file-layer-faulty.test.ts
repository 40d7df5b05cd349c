import { describe, expect, it } from 'vitest';
import { createCrashReplay } from './crash-images.ts';
import { describeFileLayer } from './file-layer-contract.ts';
import { createFaultyFileLayer } from './file-layer-faulty.ts';

describeFileLayer('faulty, while it behaves', async () => {
  const layer = createFaultyFileLayer();
  return { layer, reopen: async () => createFaultyFileLayer(layer.images()) };
});

describe('a crash', () => {
  it('keeps what was flushed and may lose what was not', async () => {
    const layer = createFaultyFileLayer();
    const file = await layer.open('0', 'create');
    if (!file.ok) throw new Error('not opened');
    file.value.write(Uint8Array.of(1), 0);
    file.value.flush();
    file.value.write(Uint8Array.of(2), 0);
    const replay = createCrashReplay(new Map(), layer.operations);
    while (replay.position < layer.operations.length) replay.step();
    expect(replay.images('dropped', () => 0).get('0')).toEqual(Uint8Array.of(1));
    expect(replay.images('kept', () => 0).get('0')).toEqual(Uint8Array.of(2));
  });

  it('tears a write into sectors', async () => {
    const layer = createFaultyFileLayer();
    const file = await layer.open('0', 'create');
    if (!file.ok) throw new Error('not opened');
    file.value.write(new Uint8Array(1_536).fill(1), 0);
    const replay = createCrashReplay(new Map(), layer.operations);
    replay.step();
    const chances = [0, 0.9, 0, 0.9];
    const torn = replay.images('torn', () => chances.shift() ?? 0.9).get('0')!;
    expect([torn.length, torn[0], torn[511], torn[512]]).toEqual([1_024, 0, 0, 1]);
  });

  it('may write one file through and not another', async () => {
    const layer = createFaultyFileLayer();
    for (const name of ['0', '1']) {
      const file = await layer.open(name, 'create');
      if (file.ok) file.value.write(Uint8Array.of(7), 0);
    }
    const replay = createCrashReplay(new Map(), layer.operations);
    replay.step();
    replay.step();
    const images = replay.images('reordered', () => 0.9);
    expect([images.get('0')?.length, images.get('1')?.length]).toEqual([0, 1]);
  });
});

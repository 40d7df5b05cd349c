import { describe, expect, it } from 'vitest';
import { createMemoryFileLayer } from './file-layer-memory.ts';
import { openAhead } from './open-ahead.ts';
import { describeFileLayer } from './testing/file-layer-contract.ts';
import { FILE_NAMES } from './vfs/layout.ts';

describeFileLayer('a layer whose files were opened ahead', async () => openAhead(createMemoryFileLayer()));

describe('files opened ahead of the password', () => {
  const stored = () => createMemoryFileLayer(new Map([[FILE_NAMES.main, Uint8Array.of(1, 2, 3)]]));

  it('are handed out once, and then held by whoever asked', async () => {
    const { layer } = openAhead(stored());
    const first = await layer.open(FILE_NAMES.main, 'existing');
    expect(first.ok).toBe(true);
    expect(await layer.open(FILE_NAMES.main, 'existing')).toEqual({ ok: false, error: { tag: 'taken' } });
  });

  it('are given back after a wrong password, so that the next try finds them free', async () => {
    const files = stored();
    await openAhead(files).release();
    expect((await files.open(FILE_NAMES.main, 'existing')).ok).toBe(true);
  });

  it('are not made where they are missing', async () => {
    const files = stored();
    const { layer, release } = openAhead(files);
    expect(await layer.open(FILE_NAMES.log, 'existing')).toEqual({ ok: false, error: { tag: 'gone' } });
    await release();
    expect([...files.images().keys()]).toEqual([FILE_NAMES.main]);
  });
});

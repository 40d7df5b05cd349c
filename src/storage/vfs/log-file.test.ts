import { beforeEach, describe, expect, it } from 'vitest';
import { createNoblePageCipher } from '../../crypto/page-cipher-noble.ts';
import type { WalKey } from '../../crypto/keys.ts';
import type { Database } from '../database.ts';
import { createMemoryFileLayer, type MemoryFileLayer } from '../file-layer-memory.ts';
import { openDatabase } from '../open-database.ts';
import {
  createTestDatabase,
  openTestDatabase,
  seededRandom,
  testDeps,
  testOptions,
  testPageKey,
} from '../testing/storage-fixture.ts';
import {
  FILE_NAMES,
  FRAME_SLOT_BYTES,
  LOG_HEADER_SLOT_BYTES,
  SUPERBLOCK_SECTOR_BYTES,
  frameSlotOffset,
} from './layout.ts';
import { openSuperblock, readSuperblockHeader, type Superblock } from './superblock-codec.ts';

const superblocks = (layer: MemoryFileLayer): Superblock[] =>
  [0, 1].map((copy) => {
    const start = copy * SUPERBLOCK_SECTOR_BYTES;
    const sector = layer
      .images()
      .get(FILE_NAMES.main)!
      .slice(start, start + SUPERBLOCK_SECTOR_BYTES);
    const cipher = createNoblePageCipher({ random: seededRandom(3) }, { key: testPageKey() });
    return openSuperblock(sector, readSuperblockHeader(sector)!, cipher)!;
  });

const logKeys = (layer: MemoryFileLayer): WalKey[] =>
  superblocks(layer).flatMap(({ log }) => (log.tag === 'none' ? [] : [log.key]));

describe('the log', () => {
  let layer: MemoryFileLayer;
  let db: Database;

  beforeEach(async () => {
    layer = createMemoryFileLayer();
    db = await createTestDatabase(layer);
  });

  const commit = (key: string): void => {
    const committed = db.transaction(() => db.run(`INSERT INTO settings (key, value) VALUES (?, x'01')`, [key]));
    expect(committed.ok).toBe(true);
  };
  const slots = (): number =>
    Math.floor((layer.images().get(FILE_NAMES.log)!.length - LOG_HEADER_SLOT_BYTES) / FRAME_SLOT_BYTES);
  const keysIn = async (images: Map<string, Uint8Array<ArrayBuffer>>): Promise<unknown> => {
    const opened = await openDatabase(await testDeps(createMemoryFileLayer(images), seededRandom(6)), testOptions());
    return opened.ok
      ? opened.value.rows<{ key: string }>('SELECT key FROM settings').map((row) => row.key)
      : opened.error;
  };

  it('is read to the end of its last whole commit', async () => {
    for (const key of ['a', 'b', 'c']) commit(key);
    const images = layer.images();
    const log = images.get(FILE_NAMES.log)!;
    images.set(FILE_NAMES.log, log.slice(0, log.length - 1_000));
    expect(await keysIn(images)).toEqual(['a', 'b']);
  });

  it('is refused when a frame rotted in the middle, instead of silently ending there', async () => {
    for (const key of ['a', 'b', 'c']) commit(key);
    for (let slot = 0; slot < slots() - 1; slot += 1) {
      const images = layer.images();
      const log = images.get(FILE_NAMES.log)!;
      log[frameSlotOffset(slot) + 2_000] = log[frameSlotOffset(slot) + 2_000]! ^ 4;
      expect(await keysIn(images)).toEqual({ tag: 'damaged', part: 'log' });
    }
  });

  it('may lose what was never flushed, also with a hole before frames that did reach the disk', async () => {
    commit('a');
    const settled = slots();
    db.transaction(() => {
      db.run(`INSERT INTO settings (key, value) VALUES ('large', zeroblob(40000))`);
    });
    const images = layer.images();
    images.get(FILE_NAMES.log)!.fill(0, frameSlotOffset(settled), frameSlotOffset(settled + 1));
    expect(await keysIn(images)).toEqual(['a']);
  });

  it('begins each generation with another key, and forgets the one before', () => {
    commit('a');
    const [first] = logKeys(layer);
    expect(logKeys(layer)).toContainEqual(first);
    db.checkpoint();
    commit('b');
    expect(logKeys(layer)).toHaveLength(2);
    expect(logKeys(layer)).not.toContainEqual(first);
    expect(superblocks(layer).map(({ log }) => log.generation)).toEqual([2, 2]);
  });

  it('leaves no key behind when it is closed', () => {
    commit('a');
    db.close();
    expect(logKeys(layer)).toEqual([]);
    expect(layer.images().get(FILE_NAMES.log)!.length).toBe(0);
  });

  it('does not take an old generation, put back whole, for the present one', async () => {
    commit('a');
    const old = layer.images().get(FILE_NAMES.log)!;
    db.checkpoint();
    commit('b');
    const images = layer.images();
    images.set(FILE_NAMES.log, old);
    expect(await keysIn(images)).toEqual({ tag: 'damaged', part: 'log' });
  });

  it('goes on after a recovery, over whatever the crash left behind its end', async () => {
    for (const key of ['a', 'b']) commit(key);
    const images = layer.images();
    const log = images.get(FILE_NAMES.log)!;
    log.fill(9, log.length - 100);
    const next = createMemoryFileLayer(images);
    const again = await openTestDatabase(next);
    again.transaction(() => again.run(`INSERT INTO settings (key, value) VALUES ('c', x'01')`));
    expect(await keysIn(next.images())).toEqual(['a', 'c']);
  });
});

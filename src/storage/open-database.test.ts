import { describe, expect, it } from 'vitest';
import { sha256Sync } from '../crypto/hash.ts';
import { generateKey, type PageKey } from '../crypto/keys.ts';
import type { PageCipher } from '../crypto/page-cipher.ts';
import type { VaultId } from '../domain/ids.ts';
import { err } from '../domain/result.ts';
import type { OpenFailure } from './open-failure.ts';
import { createMemoryFileLayer, type MemoryFileLayer } from './file-layer-memory.ts';
import { createDatabase, openDatabase, type DatabaseOptions } from './open-database.ts';
import { createFaultyFileLayer } from './testing/file-layer-faulty.ts';
import {
  createTestDatabase,
  openTestDatabase,
  seededRandom,
  testDeps,
  testOptions,
  testPageKey,
} from './testing/storage-fixture.ts';
import { FILE_NAMES, PAGES_OFFSET, PAGE_BYTES, SUPERBLOCK_SECTOR_BYTES } from './vfs/layout.ts';

type Images = Map<string, Uint8Array<ArrayBuffer>>;

const openWith = async (images: Images, options: Partial<DatabaseOptions> = {}): Promise<OpenFailure | undefined> => {
  const opened = await openDatabase(await testDeps(createMemoryFileLayer(images)), testOptions(options));
  if (opened.ok) opened.value.close();
  return opened.ok ? undefined : opened.error;
};

/** Opens what is refused, and counts the ciphers that were made for it and not destroyed. */
const openKeeping = async (images: Images, options: Partial<DatabaseOptions> = {}, failing?: string) => {
  const layer = createMemoryFileLayer(images);
  const deps = await testDeps({
    ...layer,
    open: async (name, mode) => (name === failing ? err({ tag: 'io' }) : layer.open(name, mode)),
  });
  const kept = new Set<PageCipher>();
  let made = 0;
  const createCipher: typeof deps.createCipher = (key, suiteId) => {
    const cipher = deps.createCipher(key, suiteId);
    if (cipher === undefined) return undefined;
    const watched: PageCipher = {
      ...cipher,
      destroy() {
        kept.delete(watched);
        cipher.destroy();
      },
    };
    made += 1;
    kept.add(watched);
    return watched;
  };
  const opened = await openDatabase({ ...deps, createCipher }, testOptions(options));
  if (opened.ok) throw new Error('it was not refused');
  return { made, kept: kept.size, error: opened.error };
};

/** The files of a database with a few settings; closed, or as a crash leaves them with everything in the log. */
const filesOf = async ({ isClosed }: { isClosed: boolean }): Promise<Images> => {
  const layer = createMemoryFileLayer();
  const db = await createTestDatabase(layer);
  for (let count = 0; count < 5; count += 1) {
    db.transaction(() => db.run(`INSERT INTO settings (key, value) VALUES (?, x'01')`, [`key ${count}`]));
  }
  if (isClosed) db.close();
  return layer.images();
};

const main = (images: Images): Uint8Array<ArrayBuffer> => images.get(FILE_NAMES.main)!;

describe('creating', () => {
  it('refuses where a database stands, open or closed, ours or not', async () => {
    for (const isClosed of [true, false]) {
      const layer = createMemoryFileLayer(await filesOf({ isClosed }));
      const before = layer.images();
      const options = testOptions({ pageKey: generateKey<PageKey>(seededRandom(9)) });
      expect(await createDatabase(await testDeps(layer), options)).toEqual({ ok: false, error: { tag: 'exists' } });
      expect(layer.images()).toEqual(before);
    }
  });

  it('refuses where the pages are gone and the log is not: half a history is no reason to begin anew', async () => {
    const images = await filesOf({ isClosed: false });
    images.delete(FILE_NAMES.main);
    const created = await createDatabase(await testDeps(createMemoryFileLayer(images)), testOptions());
    expect(created).toEqual({ ok: false, error: { tag: 'exists' } });
  });

  it('may be done again after it was interrupted anywhere, and opening says so', async () => {
    const complete = createFaultyFileLayer();
    (await createTestDatabase(complete)).close();
    for (let at = 0; at < 9; at += 1) {
      const layer = createFaultyFileLayer();
      layer.failAt(at, { tag: 'io' }, true);
      const created = await createDatabase(await testDeps(layer), testOptions());
      if (created.ok) break;
      expect(created.error).toEqual({ tag: 'io' });
      const images = layer.images();
      const failure = await openWith(images);
      // Past the mark "ready", the database is there.
      if (failure === undefined) break;
      expect(failure).toEqual({ tag: 'unfinished' });
      const again = await createTestDatabase(createMemoryFileLayer(images), {}, 7);
      expect(again.close().ok).toBe(true);
    }
  });
});

describe('opening', () => {
  it('finds what was stored, after a close and after a crash', async () => {
    for (const isClosed of [true, false]) {
      const db = await openTestDatabase(createMemoryFileLayer(await filesOf({ isClosed })));
      expect(db.rows('SELECT key FROM settings')).toHaveLength(5);
      expect(db.close().ok).toBe(true);
    }
  });

  it('tells that nothing is there, and makes nothing', async () => {
    const layer: MemoryFileLayer = createMemoryFileLayer();
    const opened = await openDatabase(await testDeps(layer), testOptions());
    expect(opened).toEqual({ ok: false, error: { tag: 'missing' } });
    expect(layer.images().size).toBe(0);
  });

  it('tells a wrong key from damage', async () => {
    const images = await filesOf({ isClosed: true });
    const pageKey = generateKey<PageKey>(seededRandom(9));
    expect(await openWith(images, { pageKey })).toEqual({ tag: 'wrong-key' });
    expect(await openWith(images, { keyEpoch: 2 })).toEqual({ tag: 'wrong-key' });
    main(images).fill(0xff, 0, PAGES_OFFSET);
    expect(await openWith(images)).toEqual({ tag: 'damaged', part: 'superblock' });
  });

  it('refuses the database of another vault', async () => {
    const images = await filesOf({ isClosed: true });
    expect(await openWith(images, { vaultId: '22'.repeat(16) as VaultId })).toEqual({ tag: 'wrong-vault' });
  });

  it('does not take files that somebody holds', async () => {
    const layer = createMemoryFileLayer();
    const db = await createTestDatabase(layer);
    expect(await openDatabase(await testDeps(layer), testOptions())).toEqual({ ok: false, error: { tag: 'taken' } });
    expect(db.rows('SELECT 1')).toHaveLength(1);
    db.close();
    (await openTestDatabase(layer)).close();
  });

  it('survives one rotten superblock copy, not two', async () => {
    for (const copy of [0, 1]) {
      const images = await filesOf({ isClosed: false });
      main(images).fill(0, copy * SUPERBLOCK_SECTOR_BYTES, copy * SUPERBLOCK_SECTOR_BYTES + 300);
      expect(await openWith(images)).toBeUndefined();
    }
    const images = await filesOf({ isClosed: false });
    main(images).fill(0, 0, PAGES_OFFSET);
    expect(await openWith(images)).toEqual({ tag: 'damaged', part: 'superblock' });
  });

  it('refuses a superblock copy that was altered with a matching hash', async () => {
    const images = await filesOf({ isClosed: true });
    const sector = main(images).subarray(0, SUPERBLOCK_SECTOR_BYTES);
    sector[70] = sector[70]! ^ 1;
    sector.set(sha256Sync(sector.subarray(0, 232)), 232);
    expect(await openWith(images)).toEqual({ tag: 'damaged', part: 'superblock' });
  });

  it('misses its log, or a log cut to nothing', async () => {
    const images = await filesOf({ isClosed: false });
    expect(await openWith(new Map([[FILE_NAMES.main, main(images)]]))).toEqual({ tag: 'damaged', part: 'log' });
    images.set(FILE_NAMES.log, new Uint8Array(0));
    expect(await openWith(images)).toEqual({ tag: 'damaged', part: 'log' });
  });

  it('misses its pages', async () => {
    const images = await filesOf({ isClosed: false });
    images.set(FILE_NAMES.main, main(images).slice(0, PAGES_OFFSET));
    expect(await openWith(images)).toEqual({ tag: 'damaged', part: 'pages' });
    images.set(FILE_NAMES.main, new Uint8Array(0));
    expect(await openWith(images)).toEqual({ tag: 'damaged', part: 'superblock' });
  });

  it('notices pages cut off the end while a log stands beside them', async () => {
    const layer = createMemoryFileLayer();
    const db = await createTestDatabase(layer);
    // A large value lies in pages that nothing but reading it would touch, and that read as zeros where they are gone.
    db.transaction(() => db.run(`INSERT INTO settings (key, value) VALUES ('large', randomblob(40000))`));
    db.checkpoint();
    db.transaction(() => db.run(`INSERT INTO settings (key, value) VALUES ('later', x'01')`));
    const images = layer.images();
    images.set(FILE_NAMES.main, main(images).slice(0, main(images).length - 3 * PAGE_BYTES));
    expect(await openWith(images)).toEqual({ tag: 'damaged', part: 'pages' });
  });

  it('recovers from a page 1 that a power cut tore in a checkpoint, and refuses one that rotted', async () => {
    const tear = (images: Images): Images => {
      main(images).fill(0xaa, PAGES_OFFSET + 512, PAGES_OFFSET + 1_024);
      return images;
    };
    const layer = createMemoryFileLayer();
    const db = await createTestDatabase(layer);
    // Page 1 changes with the schema, so its whole copy lies in the log.
    db.transaction(() => db.run('CREATE TABLE another (x) STRICT'.replace('(x)', '(x TEXT)')));
    const torn = await openTestDatabase(createMemoryFileLayer(tear(layer.images())));
    expect(torn.rows('SELECT * FROM another')).toEqual([]);
    expect(torn.rows('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    db.close();
    expect(await openWith(tear(layer.images()))).toEqual({ tag: 'damaged', part: 'pages' });
  });

  it('opens what a newer release wrote for us too, and refuses what it did not', async () => {
    const layer = createMemoryFileLayer();
    const db = await createTestDatabase(layer);
    db.transaction(() => db.run('UPDATE schema_version SET format = 9'));
    db.close();
    expect(await openWith(layer.images())).toBeUndefined();
    const again = await openTestDatabase(layer);
    again.transaction(() => again.run('UPDATE schema_version SET min_reader = 9'));
    again.close();
    expect(await openWith(layer.images())).toEqual({ tag: 'newer-format', minReader: 9 });
  });

  it('refuses files in a format of the future without looking further', async () => {
    const images = await filesOf({ isClosed: true });
    for (const offset of [0, SUPERBLOCK_SECTOR_BYTES]) {
      const sector = main(images).subarray(offset, offset + SUPERBLOCK_SECTOR_BYTES);
      sector[11] = 7;
      sector.set(sha256Sync(sector.subarray(0, 232)), 232);
    }
    expect(await openWith(images)).toEqual({ tag: 'newer-format', minReader: 7 });
  });

  it('keeps no key of a database that it refuses', async () => {
    const half = createMemoryFileLayer(await filesOf({ isClosed: false }));
    const rotating = { keyEpoch: 2, pageKey: generateKey<PageKey>(seededRandom(9)), previousPageKey: testPageKey() };
    const moving = await openTestDatabase(half, rotating);
    moving.transaction(() => moving.run(`INSERT INTO settings (key, value) VALUES ('large', randomblob(6000000))`));
    expect(await moving.rotatePages()).toMatchObject({ ok: true, value: {} });
    moving.transaction(() => moving.run(`INSERT INTO settings (key, value) VALUES ('later', x'01')`));

    const whole = await filesOf({ isClosed: false });
    const cut = new Map(whole).set(FILE_NAMES.main, main(whole).slice(0, PAGES_OFFSET));
    const blank = new Map(whole);
    for (const name of [FILE_NAMES.freshnessEven, FILE_NAMES.freshnessOdd])
      blank.set(name, new Uint8Array(whole.get(name)?.length ?? 0));
    expect(await openKeeping(cut)).toEqual({ made: 2, kept: 0, error: { tag: 'damaged', part: 'pages' } });
    expect(await openKeeping(blank)).toEqual({ made: 1, kept: 0, error: { tag: 'damaged', part: 'freshness' } });
    expect(await openKeeping(half.images(), rotating, FILE_NAMES.journal)).toEqual({
      made: 3,
      kept: 0,
      error: { tag: 'io' },
    });
  });

  it('answers a dying layer by its name', async () => {
    const layer = createFaultyFileLayer(await filesOf({ isClosed: false }));
    layer.failAll({ tag: 'io' });
    expect(await openDatabase(await testDeps(layer), testOptions())).toEqual({ ok: false, error: { tag: 'io' } });
  });
});

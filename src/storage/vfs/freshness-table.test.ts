import { describe, expect, it } from 'vitest';
import { sha256Sync } from '../../crypto/hash.ts';
import type { Database } from '../database.ts';
import { createMemoryFileLayer, type MemoryFileLayer } from '../file-layer-memory.ts';
import { openDatabase, type DatabaseOptions } from '../open-database.ts';
import { createFaultyFileLayer } from '../testing/file-layer-faulty.ts';
import {
  createTestDatabase,
  openTestDatabase,
  seededRandom,
  testDeps,
  testOptions,
} from '../testing/storage-fixture.ts';
import { FILE_NAMES, LEAF_PAGES, PAGES_OFFSET, PAGE_BYTES, SUPERBLOCK_SECTOR_BYTES, pageOffset } from './layout.ts';

type Images = Map<string, Uint8Array<ArrayBuffer>>;

const set = (db: Database, key: string, bytes: number): void => {
  const written = db.transaction(() =>
    db.run(`INSERT OR REPLACE INTO settings (key, value) VALUES (?, randomblob(?))`, [key, bytes]),
  );
  expect(written).toMatchObject({ ok: true });
};

/** What reading everything answers: the values' lengths, or why not. */
const read = async (images: Images, options: Partial<DatabaseOptions> = {}): Promise<unknown> => {
  const opened = await openDatabase(
    await testDeps(createMemoryFileLayer(images), seededRandom(8)),
    testOptions(options),
  );
  if (!opened.ok) return opened.error;
  const db = opened.value;
  const everything = db.read(() => {
    const integrity = db.row<{ integrity_check: string }>('PRAGMA integrity_check');
    return [integrity?.integrity_check, db.rows('SELECT key, hex(value) AS value FROM settings ORDER BY key')];
  });
  db.close();
  return everything.ok ? everything.value : everything.error;
};

/** A database of several leaves, closed; changed in a second session; files of both moments. */
const twoMoments = async (): Promise<{ readonly then: Images; readonly now: Images }> => {
  const layer = createMemoryFileLayer();
  const first = await createTestDatabase(layer);
  for (let count = 0; count < 30; count += 1) set(first, `key ${count}`, 100_000);
  first.close();
  const then = layer.images();
  const second = await openTestDatabase(layer);
  for (let count = 0; count < 30; count += 3) set(second, `key ${count}`, 90_000);
  second.close();
  return { then, now: layer.images() };
};

const pagesOf = (images: Images): number => (images.get(FILE_NAMES.main)!.length - PAGES_OFFSET) / PAGE_BYTES;

const pageOf = (images: Images, page: number): Uint8Array<ArrayBuffer> =>
  images.get(FILE_NAMES.main)!.subarray(pageOffset(page), pageOffset(page) + PAGE_BYTES);

const copyOf = (images: Images): Images => new Map([...images].map(([name, bytes]) => [name, bytes.slice()]));

describe('an old page put back, whole and rightly sealed', () => {
  it('is refused, wherever it is, and was believed without the tables', async () => {
    const { then, now } = await twoMoments();
    expect(pagesOf(now)).toBeGreaterThan(LEAF_PAGES);
    const expected = await read(now);
    let believed = 0;
    let tried = 0;
    for (let page = 1; page <= Math.min(pagesOf(then), pagesOf(now)); page += 1) {
      const images = copyOf(now);
      if (sha256Sync(pageOf(then, page)).join() === sha256Sync(pageOf(now, page)).join()) continue;
      pageOf(images, page).set(pageOf(then, page));
      tried += 1;
      if (tried % 10 !== 0) continue;
      expect(await read(images)).toEqual(
        // A page on the free list is not looked at by anybody.
        expect.toSatisfy(
          (answer: unknown) => isSame(answer, { tag: 'damaged', part: 'pages' }) || isSame(answer, expected),
        ),
      );
      const careless = await read(images, { freshness: 'ignored' });
      if (!isSame(careless, expected) && Array.isArray(careless)) believed += 1;
    }
    expect(tried).toBeGreaterThan(100);
    expect(believed).toBeGreaterThan(0);
  });

  it('is refused with the old table beside it, and with the old superblock', async () => {
    const { then, now } = await twoMoments();
    const expected = await read(now);
    const withOld = (change: (images: Images) => void): Images => {
      const images = copyOf(now);
      change(images);
      return images;
    };
    for (const name of [FILE_NAMES.freshnessEven, FILE_NAMES.freshnessOdd]) {
      const answer = await read(withOld((images) => images.set(name, then.get(name)!)));
      expect(isSame(answer, expected) || isSame(answer, { tag: 'damaged', part: 'freshness' })).toBe(true);
    }
    const oldTables = withOld((images) => {
      for (const name of [FILE_NAMES.freshnessEven, FILE_NAMES.freshnessOdd]) images.set(name, then.get(name)!);
    });
    expect(await read(oldTables)).toEqual({ tag: 'damaged', part: 'freshness' });
    const oldSuperblocks = withOld((images) =>
      images.get(FILE_NAMES.main)!.set(then.get(FILE_NAMES.main)!.subarray(0, PAGES_OFFSET)),
    );
    expect(await read(oldSuperblocks)).not.toEqual(expected);
    expect(await read(oldSuperblocks)).toMatchObject({ tag: 'damaged' });
    for (const copy of [0, SUPERBLOCK_SECTOR_BYTES]) {
      const oneOld = withOld((images) =>
        images
          .get(FILE_NAMES.main)!
          .set(then.get(FILE_NAMES.main)!.subarray(copy, copy + SUPERBLOCK_SECTOR_BYTES), copy),
      );
      expect(await read(oneOld)).toEqual(expected);
    }
  });

  it('and an old superblock that knows nothing of the present log does not make it forgotten', async () => {
    const layer = createMemoryFileLayer();
    const db = await createTestDatabase(layer);
    set(db, 'before', 100);
    db.close();
    const closed = layer.images();
    const again = await openTestDatabase(layer);
    set(again, 'in the log', 100);
    const images = layer.images();
    images.get(FILE_NAMES.main)!.set(closed.get(FILE_NAMES.main)!.subarray(0, PAGES_OFFSET));
    expect(await read(images)).toEqual({ tag: 'damaged', part: 'superblock' });
  });
});

describe('the tables', () => {
  it('are needed: without the one that counts nothing opens; the other one is made anew', async () => {
    const { now } = await twoMoments();
    const expected = await read(now);
    const answers = await Promise.all(
      [FILE_NAMES.freshnessEven, FILE_NAMES.freshnessOdd].map((name) =>
        read(new Map([...now].filter(([file]) => file !== name))),
      ),
    );
    expect(answers).toContainEqual(expected);
    expect(answers).toContainEqual({ tag: 'damaged', part: 'freshness' });
  });

  it('follow a database that shrinks and grows again', async () => {
    const layer = createMemoryFileLayer();
    const db = await createTestDatabase(layer);
    for (let round = 0; round < 3; round += 1) {
      for (let count = 0; count < 30; count += 1) set(db, `key ${count}`, 100_000);
      db.checkpoint();
      db.transaction(() => db.run(`DELETE FROM settings WHERE key <> 'key 3'`));
      db.transaction(() => db.rows('PRAGMA incremental_vacuum'));
      db.checkpoint();
      expect(await read(layer.images())).toMatchObject(['ok', [{ key: 'key 3' }]]);
    }
    db.close();
    expect(pagesOf(layer.images())).toBeLessThan(LEAF_PAGES);
    expect(await read(layer.images())).toMatchObject(['ok', [{ key: 'key 3' }]]);
  });

  it('are made for a database that was last written by a release without them', async () => {
    const { now } = await twoMoments();
    const expected = await read(now);
    const layer = await withoutTables(now);
    expect(await read(layer.images())).toEqual(expected);
    // From the next writing on they count.
    const db = await openTestDatabase(layer, {}, 9);
    set(db, 'key 1', 1_000);
    db.close();
    const before = layer.images();
    const again = await openTestDatabase(layer, {}, 10);
    set(again, 'key 1', 2_000);
    again.close();
    const images = layer.images();
    const changed = Array.from({ length: pagesOf(before) }, (_, index) => index + 1).filter(
      (page) => sha256Sync(pageOf(before, page)).join() !== sha256Sync(pageOf(images, page)).join(),
    );
    pageOf(images, changed[0]!).set(pageOf(before, changed[0]!));
    expect(await read(images)).toEqual({ tag: 'damaged', part: 'pages' });
  });

  it('stay whole when a superblock could not be written after them, again and again, and the power fails then', async () => {
    const base = createMemoryFileLayer();
    (await createTestDatabase(base)).close();
    const healthy = createFaultyFileLayer(base.images());
    const count = await work(healthy, () => undefined);
    for (let at = 0; at < count; at += 1) {
      const layer = createFaultyFileLayer(base.images());
      await work(layer, () => layer.failAt(at, { tag: 'io' }, false));
      expect(await read(layer.images())).toMatchObject(['ok', expect.anything()]);
    }
  });
});

const isSame = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);

/** Several generations, in which one change of a file fails; then nothing more: the power is gone. */
const work = async (layer: ReturnType<typeof createFaultyFileLayer>, breakDisk: () => void): Promise<number> => {
  const db = await openTestDatabase(layer, {}, 4);
  const before = layer.operations.length;
  breakDisk();
  for (let count = 0; count < 4; count += 1) {
    db.transaction(() => db.run(`INSERT OR REPLACE INTO settings VALUES ('a', randomblob(9000))`));
    db.checkpoint();
  }
  return layer.operations.length - before;
};

/** As the release before leaves it: the superblock's freshness fields are zeros, and there are no tables. */
const withoutTables = async (images: Images): Promise<MemoryFileLayer> => {
  const { encodeSuperblock, NO_FRESHNESS, openSuperblock, readSuperblockHeader } =
    await import('./superblock-codec.ts');
  const { createNoblePageCipher } = await import('../../crypto/page-cipher-noble.ts');
  const { testPageKey } = await import('../testing/storage-fixture.ts');
  const main = images.get(FILE_NAMES.main)!.slice();
  const cipher = createNoblePageCipher({ random: seededRandom(3) }, { key: testPageKey() });
  for (const copy of [0, SUPERBLOCK_SECTOR_BYTES]) {
    const sector = main.slice(copy, copy + SUPERBLOCK_SECTOR_BYTES);
    const superblock = openSuperblock(sector, readSuperblockHeader(sector)!, cipher)!;
    main.set(encodeSuperblock({ ...superblock, freshness: NO_FRESHNESS }, cipher), copy);
  }
  return createMemoryFileLayer(
    new Map([
      [FILE_NAMES.main, main],
      [FILE_NAMES.log, images.get(FILE_NAMES.log)!],
    ]),
  );
};

import { describe, expect, it } from 'vitest';
import { generateKey, type PageKey } from '../crypto/keys.ts';
import { createNoblePageCipher } from '../crypto/page-cipher-noble.ts';
import { PAGE_SUITES } from '../crypto/suites.ts';
import type { Database } from './database.ts';
import { createMemoryFileLayer, type FileImages } from './file-layer-memory.ts';
import type { FileLayer } from './file-layer.ts';
import { openDatabase, type DatabaseOptions } from './open-database.ts';
import type { OpenFailure } from './open-failure.ts';
import { createCrashReplay, CRASH_VARIANTS } from './testing/crash-images.ts';
import { createFaultyFileLayer } from './testing/file-layer-faulty.ts';
import {
  createTestDatabase,
  seededChance,
  seededRandom,
  testDeps,
  testOptions,
  testPageKey,
} from './testing/storage-fixture.ts';
import { createAssociatedData } from './vfs/associated-data.ts';
import {
  FILE_KIND,
  FILE_NAMES,
  PAGES_OFFSET,
  PAGE_BYTES,
  SUPERBLOCK_SECTOR_BYTES,
  USABLE_BYTES,
} from './vfs/layout.ts';
import { readSuperblockHeader } from './vfs/superblock-codec.ts';

const newKey = generateKey<PageKey>(seededRandom(77));
/** As the vault gives them once a rotation was ordered. */
const rotating = { keyEpoch: 2, pageKey: newKey, previousPageKey: testPageKey() };
const rotated = { keyEpoch: 2, pageKey: newKey };

const open = async (layer: FileLayer, options: Partial<DatabaseOptions>, seed = 5): Promise<Database> => {
  const opened = await openDatabase(await testDeps(layer, seededRandom(seed)), testOptions(options));
  if (!opened.ok) throw new Error(`not opened: ${opened.error.tag}`);
  return opened.value;
};

const failure = async (images: FileImages, options: Partial<DatabaseOptions>): Promise<OpenFailure | undefined> => {
  const opened = await openDatabase(await testDeps(createMemoryFileLayer(images)), testOptions(options));
  if (opened.ok) opened.value.close();
  return opened.ok ? undefined : opened.error;
};

/** So many that two batches are needed. */
const LARGE_BYTES = 6_000_000;

const filesOf = async (bytes: number): Promise<FileImages> => {
  const layer = createMemoryFileLayer();
  const db = await createTestDatabase(layer);
  db.transaction(() => db.run(`INSERT INTO settings (key, value) VALUES ('large', randomblob(?))`, [bytes]));
  db.transaction(() => db.run(`INSERT INTO settings (key, value) VALUES ('count', x'00')`));
  db.close();
  return layer.images();
};

const contentOf = (db: Database): unknown => [
  db.row('PRAGMA integrity_check'),
  db.rows(`SELECT key, length(value) AS length, substr(hex(value), 1, 40) AS start FROM settings ORDER BY key`),
];

const count = (db: Database, number: number): void => {
  const written = db.transaction(() =>
    db.run(`UPDATE settings SET value = ? WHERE key = 'count'`, [new Uint8Array([number])]),
  );
  expect(written).toMatchObject({ ok: true });
};

const finish = async (db: Database): Promise<number> => {
  let steps = 0;
  while (db.rotation() !== undefined) {
    const step = await db.rotatePages();
    if (!step.ok) throw new Error(`not rotated: ${step.error.tag}`);
    steps += 1;
    expect(steps).toBeLessThan(20);
  }
  return steps;
};

describe('a new page key', () => {
  const large = filesOf(LARGE_BYTES);

  it('seals every page in the end, while people go on writing, and the old one opens nothing more', async () => {
    const layer = createMemoryFileLayer(await large);
    const db = await open(layer, rotating);
    const before = contentOf(db);
    const progress = db.rotation();
    expect(progress).toMatchObject({ movedPages: 0 });
    expect(progress!.pageCount).toBeGreaterThan(1_400);
    expect(await db.rotatePages()).toMatchObject({ ok: true, value: { movedPages: 1_024 } });
    count(db, 7);
    expect(await finish(db)).toBe(2);
    expect(db.rotation()).toBeUndefined();
    count(db, 0);
    expect(contentOf(db)).toEqual(before);
    db.close();

    const images = layer.images();
    expect(images.has(FILE_NAMES.journal)).toBe(false);
    expect(await failure(images, {})).toEqual({ tag: 'wrong-key' });
    const again = await open(createMemoryFileLayer(images), rotated, 6);
    expect(contentOf(again)).toEqual(before);
    expect(again.rotation()).toBeUndefined();
    expect(await pagesSealedUnder(testPageKey(), 1, await large)).toBeGreaterThan(1_400);
    expect(await pagesSealedUnder(testPageKey(), 1, images)).toBe(0);
    expect(await pagesSealedUnder(newKey, 2, images)).toBeGreaterThan(1_400);
  });

  it('is used after a crash between any two steps, and the rest is moved then', async () => {
    const layer = createMemoryFileLayer(await large);
    const db = await open(layer, rotating);
    const before = contentOf(db);
    await db.rotatePages();
    const images = layer.images();
    // Neither key alone opens what is half moved.
    expect(await failure(images, {})).toEqual({ tag: 'wrong-key' });
    expect(await failure(images, rotated)).toEqual({ tag: 'wrong-key' });
    const next = createMemoryFileLayer(images);
    const again = await open(next, rotating, 6);
    expect(contentOf(again)).toEqual(before);
    expect(again.rotation()).toMatchObject({ movedPages: 1_024 });
    await finish(again);
    expect(contentOf(again)).toEqual(before);
    again.close();
    expect(await failure(next.images(), rotated)).toBeUndefined();
  });

  it('may be of another suite, which is used from then on', async () => {
    const base = await filesOf(100_000);
    const layer = createMemoryFileLayer(base);
    const db = await open(layer, { ...rotating, suiteId: PAGE_SUITES.xaes256Gcm });
    const before = contentOf(db);
    await finish(db);
    db.close();
    const suiteIdOf = (images: FileImages): number | undefined =>
      readSuperblockHeader(images.get(FILE_NAMES.main)!.slice(0, SUPERBLOCK_SECTOR_BYTES))?.suiteId;
    expect(suiteIdOf(base)).toBe(PAGE_SUITES.xchacha20Poly1305);
    expect(suiteIdOf(layer.images())).toBe(PAGE_SUITES.xaes256Gcm);
    const again = await open(layer, rotated, 6);
    expect(contentOf(again)).toEqual(before);
    count(again, 5);
    again.close();
  });

  it('of a suite that nobody here knows is refused as a newer format', async () => {
    const layer = createMemoryFileLayer(await filesOf(1_000));
    const deps = await testDeps(layer);
    const opened = await openDatabase({ ...deps, createCipher: () => undefined }, testOptions());
    expect(opened).toMatchObject({ ok: false, error: { tag: 'newer-format' } });
  });

  it('can be given to a database that is open, and the one before is needed until every page is moved', async () => {
    const layer = createMemoryFileLayer(await filesOf(100_000));
    const db = await open(layer, {});
    const before = contentOf(db);
    expect(() => db.usePageKey({ keyEpoch: 3, pageKey: newKey })).toThrow('not the next');
    expect(db.rotation()).toBeUndefined();
    db.usePageKey(rotated);
    expect(db.rotation()).toMatchObject({ movedPages: 0 });
    expect(() => db.usePageKey({ keyEpoch: 3, pageKey: newKey })).toThrow('not the next');
    count(db, 3);
    // Ordered, not begun: the pages are as they were.
    expect(await failure(layer.images(), {})).toBeUndefined();
    await finish(db);
    count(db, 0);
    expect(contentOf(db)).toEqual(before);
    db.usePageKey({ keyEpoch: 3, pageKey: testPageKey() });
    await finish(db);
    expect(contentOf(db)).toEqual(before);
    db.close();
    expect(await failure(layer.images(), rotated)).toEqual({ tag: 'wrong-key' });
    expect(await failure(layer.images(), { keyEpoch: 3, pageKey: testPageKey() })).toBeUndefined();
  });

  it('is not begun where it was not ordered', async () => {
    const db = await createTestDatabase(createMemoryFileLayer());
    expect(db.rotation()).toBeUndefined();
    expect(await db.rotatePages()).toEqual({ ok: true, value: undefined });
  });
});

describe('a rotation that is interrupted', () => {
  const small = filesOf(60_000);

  /** One rotation with writing in between; `after`: what `count` said when it was acknowledged, by file operations. */
  const rotate = async (
    layer: ReturnType<typeof createFaultyFileLayer>,
    breakDisk: () => void = () => undefined,
    rounds = 4,
  ): Promise<readonly number[]> => {
    const db = await open(layer, rotating);
    const acknowledgedAt: number[] = [];
    breakDisk();
    for (let number = 1; number <= rounds; number += 1) {
      const written = db.transaction(() =>
        db.run(`UPDATE settings SET value = ? WHERE key = 'count'`, [new Uint8Array([number])]),
      );
      if (written.ok) acknowledgedAt[number] = layer.operations.length;
      await db.rotatePages();
    }
    return acknowledgedAt;
  };

  const acknowledgedBy = (acknowledgedAt: readonly number[], position: number): number =>
    acknowledgedAt.reduce((newest, at, number) => (at <= position ? number : newest), 0);

  const judge = async (images: FileImages, atLeast: number): Promise<string | undefined> => {
    const opened = await openDatabase(
      await testDeps(createMemoryFileLayer(images), seededRandom(11)),
      testOptions(rotating),
    );
    if (!opened.ok) return `not opened: ${JSON.stringify(opened.error)}`;
    const db = opened.value;
    const read = db.read(() => contentOf(db));
    if (!read.ok) return `not read: ${JSON.stringify(read.error)}`;
    if (!JSON.stringify(read.value).includes('"integrity_check":"ok"')) return 'corrupt';
    const [{ value } = { value: new Uint8Array([0]) }] = db.rows<{ value: Uint8Array }>(
      `SELECT value FROM settings WHERE key = 'count'`,
    );
    if (value[0]! < atLeast) return `lost: ${atLeast} acknowledged, ${value[0]} there`;
    while (db.rotation() !== undefined) {
      const step = await db.rotatePages();
      if (!step.ok) return `not finished: ${step.error.tag}`;
    }
    db.close();
    return undefined;
  };

  it('by a crash before any change of a file, in every variant, loses nothing and is finished later', async () => {
    const layer = createFaultyFileLayer(await small);
    const acknowledgedAt = await rotate(layer);
    const chance = seededChance(3);
    const replay = createCrashReplay(await small, layer.operations);
    const wrong: string[] = [];
    let tried = 0;
    for (let position = 0; position <= layer.operations.length; position += 1) {
      if (position > 0) replay.step();
      const atLeast = acknowledgedBy(acknowledgedAt, position);
      for (const variant of replay.unflushedCount === 0 ? (['kept'] as const) : CRASH_VARIANTS) {
        tried += 1;
        const judged = await judge(replay.images(variant, chance), atLeast);
        if (judged !== undefined) wrong.push(`${position} ${variant}: ${judged}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(tried).toBeGreaterThan(100);
  });

  it('by a disk that fails once at any change, loses nothing, whenever the power goes after it', async () => {
    const base = await small;
    const healthy = createFaultyFileLayer(base);
    await rotate(healthy, undefined, 2);
    const wrong: string[] = [];
    for (let at = 1; at < healthy.operations.length; at += 4) {
      const layer = createFaultyFileLayer(base);
      const acknowledgedAt = await rotate(layer, () => layer.failAt(at, { tag: 'io' }, false), 3);
      const replay = createCrashReplay(base, layer.operations);
      while (replay.position < layer.operations.length) {
        replay.step();
        // What failed may have reached the disk all the same. Much later nothing new can happen to it.
        if (replay.position < at || replay.position > at + 6) continue;
        const judged = await judge(
          replay.images('kept', seededChance(at)),
          acknowledgedBy(acknowledgedAt, replay.position),
        );
        if (judged !== undefined) wrong.push(`failed at ${at}, power gone at ${replay.position}: ${judged}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

/** How many pages of the files are sealed under this key and epoch. */
const pagesSealedUnder = async (key: PageKey, keyEpoch: number, images: FileImages): Promise<number> => {
  const main = images.get(FILE_NAMES.main)!;
  const { databaseId } = readSuperblockHeader(main.slice(0, SUPERBLOCK_SECTOR_BYTES))!;
  const cipher = createNoblePageCipher({ random: seededRandom(1) }, { key });
  const dataFor = createAssociatedData(databaseId, keyEpoch, FILE_KIND.page);
  const into = new Uint8Array(USABLE_BYTES);
  let sealed = 0;
  for (let at = PAGES_OFFSET; at < main.length; at += PAGE_BYTES) {
    const page = (at - PAGES_OFFSET) / PAGE_BYTES + 1;
    if (cipher.open(main.subarray(at, at + PAGE_BYTES), dataFor(page), into)) sealed += 1;
  }
  return sealed;
};

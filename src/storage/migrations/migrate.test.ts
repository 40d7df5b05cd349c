import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ConversationId } from '../../domain/ids.ts';
import type { Database } from '../database.ts';
import { createMemoryFileLayer } from '../file-layer-memory.ts';
import { createMessagesRepository } from '../repositories/messages-repository.ts';
import { createSearchIndex } from '../repositories/search-index.ts';
import { createSearchRepository } from '../repositories/search-repository.ts';
import { checkSearchIndex } from '../testing/check-search-index.ts';
import { createFaultyFileLayer } from '../testing/file-layer-faulty.ts';
import { recordMigration, sweepMigration } from '../testing/migration-sweep.ts';
import { createSchema1Release } from '../testing/schema-1-release.ts';
import { createTestDatabase, openTestDatabase } from '../testing/storage-fixture.ts';
import { toSchema1 } from '../testing/to-schema-1.ts';
import { createWorkload, workloadConversation } from '../testing/workload.ts';
import { readSchemaVersion } from './migrate.ts';

const found = (db: Database, query: string, conversationId?: ConversationId): readonly number[] =>
  createSearchRepository(db)
    .search({ query, conversationId, limit: 1_000 })
    .map(({ message }) => message.arrival);

const createOld = async (messages: number) => {
  const layer = createFaultyFileLayer();
  const old = await createTestDatabase(layer);
  createWorkload(old, 1).prepare();
  toSchema1(old);
  const release = createSchema1Release(old);
  const texts = Array.from(
    { length: messages },
    (_, number) => `river ${number} grün 电话 ${number % 3 === 0 ? 'third' : ''}`,
  );
  const half = messages / 2;
  const arrivals = [...release.receive(1, ...texts.slice(0, half)), ...release.receive(2, ...texts.slice(half))];
  return { layer, old, release, arrivals };
};

describe('a database of schema 1', () => {
  it('opens with all messages, which are found at once and counted', async () => {
    const { layer, old, arrivals } = await createOld(200);
    old.close();
    const db = await openTestDatabase(layer);
    expect(readSchemaVersion(db)).toEqual({ format: 2, minReader: 1 });
    expect(createMessagesRepository(db).count()).toBe(200);
    expect(found(db, 'river grun')).toEqual([...arrivals].reverse());
    expect(found(db, '电话', workloadConversation(0))).toHaveLength(100);
    expect(checkSearchIndex(db)).toBeUndefined();
  });

  it('of any length is found whole, before all of it is in the new index', async () => {
    const { layer, old, release, arrivals } = await createOld(4_500);
    release.search('river');
    old.close();
    const db = await openTestDatabase(layer);
    const search = createSearchRepository(db);
    const seen: number[] = [];
    let before: number | undefined;
    do {
      const page = search.search({ query: 'third', before, limit: 100 });
      seen.push(...page.map(({ message }) => message.arrival));
      before = page.at(-1)?.message.arrival;
    } while (before !== undefined);
    expect(seen).toEqual(arrivals.filter((_, number) => number % 3 === 0).reverse());
    expect(createSearchIndex(db).from()).toBeLessThan(arrivals[0]!);
    expect(checkSearchIndex(db)).toBeUndefined();
  });

  it('has its oldest messages found by the first search, which the new index does not hold yet', async () => {
    const { layer, old, release, arrivals } = await createOld(4_500);
    const [first] = arrivals;
    release.search('river');
    old.close();
    const db = await openTestDatabase(layer);
    expect(found(db, 'river 0 third')).toEqual([first]);
    expect(createSearchIndex(db).from()).toBeGreaterThan(first ?? 0);
    expect(found(db, 'river 0 third', workloadConversation(1))).toEqual([]);
  });

  it('stays as it was when the disk is full, and is migrated once there is room', async () => {
    const { layer, old } = await createOld(20);
    old.close();
    layer.failAt(0, { tag: 'full' }, true);
    await expect(openTestDatabase(layer)).rejects.toThrow('full');
    layer.heal();
    const db = await openTestDatabase(layer);
    expect(found(db, 'river')).toHaveLength(20);
  });

  it('is the old one or the new one after a crash in its migration', async () => {
    const recorded = await recordMigration(1);
    const result = await sweepMigration(recorded, 1);
    expect(result).toMatchObject({ bad: 0, example: undefined });
    expect(result.tried).toBeGreaterThan(50);
    // The sweep can fail: on a disk that lies about flushing, the migration's pages may be missing.
    const lying = { ...recorded, operations: recorded.operations.filter(({ kind }) => kind !== 'flush') };
    expect((await sweepMigration(lying, 1)).bad).toBeGreaterThan(0);
  });

  it('of a released build is migrated too', async () => {
    const read = (name: string): Uint8Array =>
      readFileSync(new URL(`../testing/frozen/files-1-schema-1/${name}`, import.meta.url));
    const db = await openTestDatabase(createMemoryFileLayer(new Map(['0', '1'].map((name) => [name, read(name)]))));
    expect(readSchemaVersion(db)?.format).toBe(2);
    expect(found(db, 'river').length).toBeGreaterThan(0);
    expect(checkSearchIndex(db)).toBeUndefined();
  });
});

describe('the release before, with schema 1, over a database of schema 2', () => {
  const openNew = async () => {
    const layer = createMemoryFileLayer();
    const db = await createTestDatabase(layer);
    const workload = createWorkload(db, 1);
    workload.prepare();
    workload.receive(100);
    createSearchIndex(db).catchUp();
    return { db, release: createSchema1Release(db) };
  };

  it('is allowed to open it', async () => {
    const { db } = await openNew();
    expect(readSchemaVersion(db)?.minReader).toBe(1);
  });

  it('finds what ours wrote, and its own index is whole', async () => {
    const { db, release } = await openNew();
    expect(release.search('river').length).toBeGreaterThan(10);
    expect(release.search('river')).toEqual(found(db, 'river'));
    db.run(`INSERT INTO message_text (message_text, rank) VALUES ('integrity-check', 1)`);
    expect(release.messageCount()).toBe(createMessagesRepository(db).count());
    expect(release.waitingCount()).toBe(0);
  });

  it('writes what ours then finds', async () => {
    const { db, release } = await openNew();
    const arrivals = release.receive(1, ...Array.from({ length: 150 }, (_, number) => `zebra ${number} 斑马`));
    expect(found(db, 'zebra')).toEqual([...arrivals].reverse());
    expect(found(db, '马')).toHaveLength(150);
    expect(checkSearchIndex(db)).toBeUndefined();
    expect(createMessagesRepository(db).count()).toBe(250);
  });

  it('deletes what ours then neither finds nor keeps a word of', async () => {
    const { db, release } = await openNew();
    const [first, second] = release.receive(1, 'secretword 密码 one', 'secretword two');
    expect(found(db, 'secretword')).toEqual([second, first]);
    release.remove(first!);
    for (const arrival of release.receive(1, 'secretword three')) release.remove(arrival);
    expect(found(db, 'secretword')).toEqual([second]);
    expect(found(db, '密码')).toEqual([]);
    expect(checkSearchIndex(db)).toBeUndefined();
    expect(db.rows('SELECT * FROM index_removals')).toEqual([]);
    expect(createMessagesRepository(db).count()).toBe(101);
    expect(release.search('secretword')).toEqual([second]);
    db.run(`INSERT INTO message_text (message_text, rank) VALUES ('integrity-check', 1)`);
  });
});

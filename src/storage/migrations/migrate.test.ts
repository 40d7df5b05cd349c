import { describe, expect, it } from 'vitest';
import type { ConversationId } from '../../domain/ids.ts';
import type { Database } from '../database.ts';
import { createMemoryFileLayer } from '../file-layer-memory.ts';
import { createMessagesRepository } from '../repositories/messages-repository.ts';
import { createSearchIndex } from '../repositories/search-index.ts';
import { createSearchRepository } from '../repositories/search-repository.ts';
import { checkSearchIndex } from '../testing/check-search-index.ts';
import { createFaultyFileLayer, withoutFlushes } from '../testing/file-layer-faulty.ts';
import { frozenDatabases } from '../testing/frozen-databases.ts';
import { recordMigration, sweepMigration } from '../testing/migration-sweep.ts';
import { CARELESS_CHANGES, releaseBeforeSteps, sweepReleaseBefore } from '../testing/release-before-sweep.ts';
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
    const lying = { ...recorded, operations: withoutFlushes(recorded.operations) };
    expect((await sweepMigration(lying, 1)).bad).toBeGreaterThan(0);
  });

  it('of a released build is migrated too', async () => {
    const { images } = frozenDatabases().find(({ version }) => version === 'files-1-schema-1')!;
    const db = await openTestDatabase(createMemoryFileLayer(images));
    expect(readSchemaVersion(db)?.format).toBe(2);
    expect(found(db, 'river').length).toBeGreaterThan(0);
    expect(checkSearchIndex(db)).toBeUndefined();
  });
});

describe('the release before, with schema 1, over a database of schema 2', () => {
  it('finds, counts, writes and deletes, and ours finds what it did', async () => {
    expect(await sweepReleaseBefore()).toEqual({ tried: releaseBeforeSteps(), bad: 0, example: undefined });
  });

  it.each(CARELESS_CHANGES)('would be seen to fail: %s', async (spoil) => {
    expect((await sweepReleaseBefore(spoil)).bad).toBeGreaterThan(0);
  });
});

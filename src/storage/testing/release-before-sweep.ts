import type { Database } from '../database.ts';
import { createMemoryFileLayer, type MemoryFileLayer } from '../file-layer-memory.ts';
import { readSchemaVersion } from '../migrations/migrate.ts';
import { createMessagesRepository } from '../repositories/messages-repository.ts';
import { createOutboxRepository } from '../repositories/outbox-repository.ts';
import { createSearchIndex } from '../repositories/search-index.ts';
import { createSearchRepository } from '../repositories/search-repository.ts';
import { checkSearchIndex } from './check-search-index.ts';
import { frozenDatabases } from './frozen-databases.ts';
import { createSchema1Release, type Schema1Release } from './schema-1-release.ts';
import { createTestDatabase, openTestDatabase } from './storage-fixture.ts';
import type { SweepResult } from './sweep-result.ts';
import { createWorkload } from './workload.ts';

/** The present release and the one before it, with schema 1, over one database. */
interface TwoReleases {
  readonly db: Database;
  readonly release: Schema1Release;
}

type Step = (releases: TwoReleases) => Readonly<Record<string, boolean>>;

const found = (db: Database, query: string): readonly number[] =>
  createSearchRepository(db)
    .search({ query, limit: 1_000 })
    .map(({ message }) => message.arrival);

const isSame = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);

const checkOldIndex = (db: Database): boolean =>
  db.run(`INSERT INTO message_text (message_text, rank) VALUES ('integrity-check', 1)`) >= 0;

/** In this order, one after the other: what must hold after each, by what it is called. */
const STEPS: Readonly<Record<string, Step>> = {
  'is allowed to open it': ({ db }) => ({ 'admits schema 1': readSchemaVersion(db)?.minReader === 1 }),

  'finds what ours wrote': ({ db, release }) => {
    const theirs = release.search('river');
    return { 'finds something': theirs.length > 0, 'finds the same': isSame(theirs, found(db, 'river')) };
  },

  'counts what ours counts': ({ db, release }) => ({
    'as many messages': release.messageCount() === createMessagesRepository(db).count(),
    'as many waiting': release.waitingCount() === createOutboxRepository(db).waitingCount(),
    'its own index is whole': checkOldIndex(db),
  }),

  'writes what ours then finds': ({ db, release }) => {
    const before = createMessagesRepository(db).count();
    const texts = Array.from({ length: 150 }, (_, number) => `zebra ${number} 斑马`);
    const arrivals = release.receive(1, ...texts);
    return {
      'every one': isSame(found(db, 'zebra'), [...arrivals].reverse()),
      'of any script': found(db, '马').length === 150,
      counted: createMessagesRepository(db).count() === before + 150,
      'the index is whole': checkSearchIndex(db) === undefined,
    };
  },

  'deletes what ours then neither finds nor keeps a word of': ({ db, release }) => {
    const before = createMessagesRepository(db).count();
    const [first = 0, second = 0] = release.receive(1, 'secretword 密码 one', 'secretword two');
    const wereFound = isSame(found(db, 'secretword'), [second, first]);
    release.remove(first);
    for (const arrival of release.receive(1, 'secretword three')) release.remove(arrival);
    return {
      'found before': wereFound,
      'one is left': isSame(found(db, 'secretword'), [second]) && isSame(release.search('secretword'), [second]),
      'no word of the others': found(db, '密码').length === 0 && checkSearchIndex(db) === undefined,
      'nothing waits to be removed': db.rows('SELECT * FROM index_removals').length === 0,
      counted: createMessagesRepository(db).count() === before + 1,
      'its own index is whole': checkOldIndex(db),
    };
  },

  'leaves a whole database': ({ db }) => ({
    'integrity check': isSame(db.rows('PRAGMA integrity_check'), [{ integrity_check: 'ok' }]),
  }),
};

/** What the present release hands over: its own new database, and every frozen one after it migrated that. */
const handedOver = async (): Promise<ReadonlyMap<string, MemoryFileLayer>> => {
  const ours = createMemoryFileLayer();
  const db = await createTestDatabase(ours);
  const workload = createWorkload(db, 1);
  workload.prepare();
  workload.receive(100);
  createSearchIndex(db).catchUp();
  db.close();
  const layers = new Map([['a new database', ours]]);
  for (const { version, images } of frozenDatabases()) {
    const layer = createMemoryFileLayer(images);
    (await openTestDatabase(layer)).close();
    layers.set(version, layer);
  }
  return layers;
};

const failureOf = (step: Step, releases: TwoReleases): string | undefined => {
  try {
    return Object.entries(step(releases))
      .filter(([, holds]) => !holds)
      .map(([what]) => `not so: ${what}`)[0];
  } catch (thrown) {
    return `failed: ${String(thrown)}`;
  }
};

/**
 * Lets the release before work on what the present one wrote, and the present one on what that did: every step, over
 * every database there is.
 *
 * @param spoil a statement, as a careless change of the schema would have run it
 */
export const sweepReleaseBefore = async (spoil?: string): Promise<SweepResult> => {
  const wrong: string[] = [];
  let tried = 0;
  for (const [name, layer] of await handedOver()) {
    const db = await openTestDatabase(layer, {}, 3);
    if (spoil !== undefined) db.run(spoil);
    const releases = { db, release: createSchema1Release(db) };
    for (const [stepName, step] of Object.entries(STEPS)) {
      tried += 1;
      const failure = failureOf(step, releases);
      if (failure !== undefined) wrong.push(`${name}, the release before ${stepName}: ${failure}`);
    }
    db.close();
  }
  return { tried, bad: wrong.length, example: wrong[0] };
};

/** How many there are in the sweep. */
export const releaseBeforeSteps = (): number => Object.keys(STEPS).length * (1 + frozenDatabases().length);

/** Each must turn it red. */
export const CARELESS_CHANGES: readonly string[] = [
  'ALTER TABLE receipts RENAME COLUMN arrival TO message',
  'UPDATE schema_version SET min_reader = 2',
  'DROP TRIGGER message_removed',
  'DROP TRIGGER message_added',
  'DROP TABLE message_text',
];

import type { Database } from '../database.ts';
import { createMemoryFileLayer, type FileImages } from '../file-layer-memory.ts';
import { readSchemaVersion, SCHEMA_FORMAT } from '../migrations/migrate.ts';
import { openDatabase } from '../open-database.ts';
import { createSearchIndex } from '../repositories/search-index.ts';
import { checkSearchIndex } from './check-search-index.ts';
import { createCrashReplay, CRASH_VARIANTS } from './crash-images.ts';
import { createFaultyFileLayer, type FileOperation } from './file-layer-faulty.ts';
import { frozenContent } from './frozen-content.ts';
import {
  createTestDatabase,
  openTestDatabase,
  seededChance,
  seededRandom,
  testDeps,
  testOptions,
} from './storage-fixture.ts';
import { createSchema1Release } from './schema-1-release.ts';
import type { SweepResult } from './sweep-result.ts';
import { toSchema1 } from './to-schema-1.ts';
import { createWorkload } from './workload.ts';

export interface RecordedMigration {
  readonly base: FileImages;
  readonly operations: readonly FileOperation[];
  readonly content: string;
}

/** Opens a database of schema 1 over a layer that writes everything down. */
export const recordMigration = async (seed: number): Promise<RecordedMigration> => {
  const first = createMemoryFileLayer();
  const old = await createTestDatabase(first);
  const workload = createWorkload(old, seed);
  workload.prepare();
  workload.receive(40);
  createSchema1Release(old).search('river');
  toSchema1(old);
  const content = contentOf(old);
  old.close();
  const base = first.images();

  const layer = createFaultyFileLayer(base);
  (await openTestDatabase(layer)).close();
  return { base, operations: layer.operations, content };
};

const contentOf = (db: Database): string => JSON.stringify(frozenContent(db));

/**
 * Crashes before every operation of a migration, in every variant, until `asked` cases were tried: the next opening must
 * find all, and finish. One migration has some 50 to 60 cases.
 */
export const sweepMigration = async (
  { base, operations, content }: RecordedMigration,
  seed: number,
  asked = Infinity,
): Promise<SweepResult> => {
  const chance = seededChance(seed);
  const replay = createCrashReplay(base, operations);
  let tried = 0;
  let bad = 0;
  let example: string | undefined;
  for (let position = 0; position <= operations.length && tried < asked; position += 1) {
    if (position > 0) replay.step();
    for (const variant of replay.unflushedCount === 0 ? (['kept'] as const) : CRASH_VARIANTS) {
      const wrong = await tryOpening(replay.images(variant, chance), content);
      tried += 1;
      if (wrong === undefined) continue;
      bad += 1;
      example ??= `seed ${seed}, before operation ${position} of the migration, ${variant}: ${wrong}`;
    }
  }
  return { tried, bad, example };
};

const tryOpening = async (images: FileImages, content: string): Promise<string | undefined> => {
  try {
    const opened = await openDatabase(await testDeps(createMemoryFileLayer(images), seededRandom(3)), testOptions());
    if (!opened.ok) return `not opened: ${opened.error.tag}`;
    const judged = opened.value.read(() => judge(opened.value, content));
    opened.value.close();
    return judged.ok ? judged.value : `not readable: ${judged.error.tag}`;
  } catch (thrown) {
    // A table that is half there is a mistake in the SQL to SQLite.
    return `failed: ${String(thrown)}`;
  }
};

const judge = (db: Database, content: string): string | undefined => {
  if (db.row<{ integrity_check: string }>('PRAGMA integrity_check')?.integrity_check !== 'ok') return 'corrupt';
  if (readSchemaVersion(db)?.format !== SCHEMA_FORMAT) return 'half a migration';
  if (contentOf(db) !== content) return 'something was lost';
  createSearchIndex(db).catchUp();
  return checkSearchIndex(db);
};

import type { Database } from '../database.ts';
import { createMemoryFileLayer } from '../file-layer-memory.ts';
import { readSchemaVersion, SCHEMA_FORMAT } from '../migrations/migrate.ts';
import { checkSearchIndex } from './check-search-index.ts';
import { frozenContent, frozenSearch } from './frozen-content.ts';
import { frozenDatabases, type FrozenDatabase } from './frozen-databases.ts';
import { openTestDatabase } from './storage-fixture.ts';
import { missingRow, rowsBeforeMigration } from './stored-rows.ts';
import type { SweepResult } from './sweep-result.ts';
import { createWorkload, transactionsOf } from './workload.ts';

const isSame = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);

/**
 * Opens a frozen database, compares it with what was written down beside it and with what its own schema held, and goes
 * on working with it. Answers what is wrong, in words.
 *
 * @param spoil a statement, as a bad migration would run it
 */
export const tryFrozen = async (
  { images, content, search }: FrozenDatabase,
  spoil?: string,
): Promise<string | undefined> => {
  const before = await rowsBeforeMigration(images);
  const db = await openTestDatabase(createMemoryFileLayer(images)).catch(failed);
  if (typeof db === 'string') return db;
  if (spoil !== undefined && db.run(spoil) === 0) throw new Error(`nothing to spoil: ${spoil}`);
  try {
    // Searching changes rows: it puts what came last into the index.
    const wrong = missingRow(db, before) ?? judge(db, content, search);
    if (wrong === undefined) createWorkload(db, 9, transactionsOf(db)).send();
    const closed = db.close();
    return wrong ?? (closed.ok ? undefined : `not closed: ${closed.error.tag}`);
  } catch (thrown) {
    return failed(thrown);
  }
};

const failed = (thrown: unknown): string => `failed: ${String(thrown)}`;

const judge = (db: Database, content: unknown, search: unknown): string | undefined => {
  if (readSchemaVersion(db)?.format !== SCHEMA_FORMAT) return 'not migrated';
  if (!isSame(db.rows('PRAGMA integrity_check'), [{ integrity_check: 'ok' }])) return 'corrupt';
  if (!isSame(frozenContent(db), content)) return 'it does not say what it said';
  const found = frozenSearch(db);
  if (search !== undefined && !isSame(found, search)) return 'it does not find what it found';
  return checkSearchIndex(db);
};

/** Every one of them, once. */
export const sweepFrozen = async (spoil?: string): Promise<SweepResult> => {
  const wrong: string[] = [];
  const all = frozenDatabases();
  for (const frozen of all) {
    const judged = await tryFrozen(frozen, spoil);
    if (judged !== undefined) wrong.push(`${frozen.version}: ${judged}`);
  }
  return { tried: all.length, bad: wrong.length, example: wrong[0] };
};

/** What a bad migration may do: each must be noticed in every one of them. */
export const BAD_MIGRATIONS: readonly string[] = [
  `DELETE FROM messages WHERE arrival = (SELECT max(arrival) FROM messages)`,
  `UPDATE messages SET text = text || '.' WHERE arrival = (SELECT min(arrival) FROM messages)`,
  `UPDATE groups SET own_counter = own_counter + 1 WHERE id = 1`,
  `DELETE FROM outbox`,
  `DELETE FROM receipts_owed WHERE arrival = (SELECT max(arrival) FROM receipts_owed)`,
  `UPDATE relays SET incarnation = zeroblob(16)`,
  `UPDATE counters SET value = value + 1 WHERE name = 'indexed'`,
];

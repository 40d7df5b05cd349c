import init from '@sqlite.org/sqlite-wasm';
import { ok } from '../../domain/result.ts';
import type { Database, SqlValue } from '../database.ts';
import { done, type FileLayer } from '../file-layer.ts';
import { createMemoryFileLayer } from '../file-layer-memory.ts';
import type { DatabaseOptions } from '../open-database.ts';
import { FILE_NAMES, PAGES_OFFSET } from '../vfs/layout.ts';
import { createTestDatabase, openTestDatabase, seededChance } from './storage-fixture.ts';
import type { SweepResult } from './sweep-result.ts';

interface Statement {
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
}

/** One statement after another, drawn from the kinds that an application uses. */
const createStatements = (seed: number): (() => Statement) => {
  const chance = seededChance(seed);
  const below = (end: number): number => Math.floor(chance() * end);
  const text = (): string => 'lorem ipsum dolor sit amet '.repeat(1 + below(200)).slice(0, 5 + below(4_000));
  const kinds: readonly (() => Statement)[] = [
    () => ({ sql: 'INSERT INTO a (k, t) VALUES (?, ?)', parameters: [below(50), text()] }),
    () => ({ sql: 'INSERT INTO a (k, b) VALUES (?, zeroblob(?))', parameters: [below(50), below(20_000)] }),
    () => ({ sql: 'UPDATE a SET t = ? WHERE k = ?', parameters: [text(), below(50)] }),
    () => ({ sql: 'DELETE FROM a WHERE k = ?', parameters: [below(50)] }),
    () => ({ sql: 'INSERT OR REPLACE INTO w VALUES (?, ?, ?)', parameters: [below(9), below(300), text()] }),
    () => ({
      sql: 'INSERT INTO f (rowid, t) SELECT max(1, coalesce(max(id), 1) + 1000 * ?), ? FROM a',
      parameters: [below(1_000_000), text()],
    }),
    () => ({ sql: 'SELECT k, count(*) AS n, total(length(t)) AS s FROM a GROUP BY k ORDER BY k', parameters: [] }),
    () => ({
      sql: 'SELECT y, length(z) AS n FROM w WHERE x = ? AND y > ? ORDER BY y DESC LIMIT 20',
      parameters: [below(9), below(300)],
    }),
    () => ({
      sql: 'SELECT a.id, w.y FROM a JOIN w ON w.x = a.k WHERE a.k < ? ORDER BY a.id, w.y LIMIT 30',
      parameters: [below(9)],
    }),
    () => ({ sql: 'SELECT rowid FROM f WHERE f MATCH ? ORDER BY rowid DESC LIMIT 10', parameters: ['"dolor si"*'] }),
    () => ({ sql: 'SAVEPOINT s', parameters: [] }),
    () => ({ sql: chance() < 0.5 ? 'ROLLBACK TO s' : 'RELEASE s', parameters: [] }),
    () => ({ sql: chance() < 0.3 ? 'DELETE FROM w' : 'REINDEX a_k', parameters: [] }),
  ];
  return () => (kinds[below(kinds.length)] ?? kinds[0])?.() ?? { sql: 'SELECT 1', parameters: [] };
};

const SCHEMA = [
  'CREATE TABLE a (id INTEGER PRIMARY KEY, k INTEGER, t TEXT, b BLOB)',
  'CREATE INDEX a_k ON a (k)',
  'CREATE TABLE w (x INTEGER, y INTEGER, z TEXT, PRIMARY KEY (x, y)) WITHOUT ROWID',
  'CREATE VIRTUAL TABLE f USING fts5 (t)',
];

/** Every so many writes of pages. */
const LOST_EVERY = 5;

/** Forgets some of the pages that it is given, and says that they are there. */
const losingPages = (layer: FileLayer): FileLayer => ({
  ...layer,
  async open(name, mode) {
    const opened = await layer.open(name, mode);
    if (!opened.ok || name !== FILE_NAMES.main) return opened;
    let writes = 0;
    const isLost = (at: number): boolean => at >= PAGES_OFFSET && (writes += 1) % LOST_EVERY === 0;
    return ok({ ...opened.value, write: (bytes, at) => (isLost(at) ? done : opened.value.write(bytes, at)) });
  },
});

export interface StatementSweep {
  /** Plants a fault: pages are lost, and the tables that would tell are not asked. */
  readonly losesPages?: boolean;
}

/**
 * Runs generated statements over our files and over plain SQLite in memory, through checkpoints and crashes, up to the
 * first difference: after one the two are not the same any more, and what does not open cannot go on.
 */
export const sweepStatements = async (
  seed: number,
  asked: number,
  { losesPages = false }: StatementSweep = {},
): Promise<SweepResult> => {
  const sqlite = await init();
  const plain = new sqlite.oo1.DB(':memory:');
  const options: Partial<DatabaseOptions> = { checkpointFrames: 100, ...(losesPages && { freshness: 'ignored' }) };
  const over = (files: FileLayer): FileLayer => (losesPages ? losingPages(files) : files);
  let layer = createMemoryFileLayer();
  let db = await createTestDatabase(over(layer), options);
  for (const sql of SCHEMA) {
    plain.exec(sql);
    db.run(sql);
  }
  const next = createStatements(seed);
  let isOpen = false;
  let tried = 0;
  let example: string | undefined;
  const judge = (ours: unknown, theirs: unknown, what: string): void => {
    tried += 1;
    if (JSON.stringify(ours) !== JSON.stringify(theirs)) example ??= `seed ${seed}, statement ${tried}: ${what}`;
  };
  /** What is no statement to compare counts where it fails only. */
  const expectDone = (failed: string | undefined, what: string): void => {
    if (failed !== undefined) judge(failed, 'done', `${what} ${failed}`);
  };
  for (let count = 0; tried < asked && example === undefined; count += 1) {
    const { sql, parameters } = next();
    // Savepoints begin and end in pairs.
    if (sql === 'SAVEPOINT s' ? isOpen : sql.endsWith(' s') && !isOpen) continue;
    if (sql === 'SAVEPOINT s') isOpen = true;
    if (sql === 'RELEASE s') isOpen = false;
    const expected: unknown[] = [];
    plain.exec({ sql, bind: [...parameters], rowMode: 'object', resultRows: expected as never });
    judge(answerOf(db, sql, parameters), expected, sql);
    if (isOpen || example !== undefined) continue;
    // Page numbers move, and nothing that can be asked changes.
    if (count % 50 === 49) expectDone(failureOf(db, 'PRAGMA incremental_vacuum(20)'), 'giving pages back');
    if (count % 300 !== 299 || example !== undefined) continue;
    layer = createMemoryFileLayer(layer.images());
    const opened = await tryOpening(over(layer), options, seed + count);
    if (typeof opened === 'string') {
      expectDone(opened, 'opening after a crash');
      continue;
    }
    db.close();
    db = opened;
  }
  if (isOpen && example === undefined) expectDone(failureOf(db, 'RELEASE s'), 'RELEASE s');
  if (example === undefined)
    judge(answerOf(db, 'PRAGMA integrity_check'), [{ integrity_check: 'ok' }], 'integrity check');
  db.close();
  plain.close();
  return { tried, bad: example === undefined ? 0 : 1, example };
};

/** Plain SQLite in memory fails at none of the statements. */
const answerOf = (db: Database, sql: string, parameters: readonly SqlValue[] = []): unknown => {
  try {
    return db.rows(sql, parameters);
  } catch (thrown) {
    return failed(thrown);
  }
};

const failureOf = (db: Database, sql: string): string | undefined => {
  const answer = answerOf(db, sql);
  return typeof answer === 'string' ? answer : undefined;
};

const tryOpening = async (
  layer: FileLayer,
  options: Partial<DatabaseOptions>,
  seed: number,
): Promise<Database | string> => {
  try {
    return await openTestDatabase(layer, options, seed);
  } catch (thrown) {
    return failed(thrown);
  }
};

const failed = (thrown: unknown): string => `failed: ${String(thrown)}`;

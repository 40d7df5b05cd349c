import { beforeEach, describe, expect, it } from 'vitest';
import { DatabaseError, type Database } from './database.ts';
import { createFaultyFileLayer, type FaultyFileLayer } from './testing/file-layer-faulty.ts';
import { createTestDatabase, openTestDatabase } from './testing/storage-fixture.ts';

describe('the database', () => {
  let layer: FaultyFileLayer;
  let db: Database;

  beforeEach(async () => {
    layer = createFaultyFileLayer();
    db = await createTestDatabase(layer);
    db.run('CREATE TABLE t (id INTEGER PRIMARY KEY, value ANY) STRICT');
  });

  const insert = (value: string): void => void db.run('INSERT INTO t (value) VALUES (?)', [value]);
  const count = (): unknown => db.row<{ n: number }>('SELECT count(*) AS n FROM t')?.n;

  it('gives back every value as it was put in', () => {
    const values = [
      null,
      '',
      'a\u0000b',
      '🦊 Ångström 山',
      0,
      -1,
      2 ** 31,
      2 ** 40,
      Number.MAX_SAFE_INTEGER,
      -Number.MAX_SAFE_INTEGER,
      2n ** 62n,
      0.5,
      1e300,
      new Uint8Array(0),
      Uint8Array.from({ length: 100_000 }, (_, index) => index % 251),
    ];
    for (const value of values) {
      db.run('INSERT OR REPLACE INTO t (id, value) VALUES (1, ?)', [value]);
      expect(db.row<{ value: unknown }>('SELECT value FROM t')?.value).toEqual(value);
    }
  });

  it('counts changed rows and answers the first', () => {
    insert('a');
    insert('b');
    expect(db.run(`UPDATE t SET value = 'c'`)).toBe(2);
    expect(db.row('SELECT value FROM t ORDER BY id')).toEqual({ value: 'c' });
    expect(db.row('SELECT value FROM t WHERE id = 9')).toBeUndefined();
  });

  it('keeps all of a transaction or nothing', () => {
    expect(db.transaction(() => (insert('a'), insert('b'), 'done'))).toEqual({ ok: true, value: 'done' });
    expect(() =>
      db.transaction(() => {
        insert('c');
        throw new TypeError('a bug');
      }),
    ).toThrow(TypeError);
    expect(count()).toBe(2);
    expect(db.transaction(() => insert('d')).ok).toBe(true);
  });

  it('does not nest transactions, but lets a part be atomic in one', () => {
    expect(() => db.transaction(() => db.transaction(() => undefined))).toThrow('nest');
    expect(db.transaction(() => db.atomically(() => insert('a'))).ok).toBe(true);
    db.atomically(() => insert('b'));
    expect(count()).toBe(2);
  });

  it('throws a mistake in the SQL as a bug, without what was to be stored', () => {
    const secret = 'never in a message';
    let thrown: unknown;
    try {
      db.run('INSERT INTO nowhere VALUES (?)', [secret]);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(Error);
    expect(thrown).not.toBeInstanceOf(DatabaseError);
    expect(String(thrown)).not.toContain(secret);
    expect(() => db.run('INSERT INTO t (value) VALUES (?)', [])).toThrow('parameters');
  });

  it('says that the disk is full, goes on reading, and goes on writing once there is room', () => {
    insert('a');
    layer.failAt(0, { tag: 'full' }, true);
    expect(db.transaction(() => insert('b'))).toEqual({ ok: false, error: { tag: 'full' } });
    expect(db.read(count)).toEqual({ ok: true, value: 1 });
    layer.heal();
    expect(db.transaction(() => insert('c')).ok).toBe(true);
    expect(count()).toBe(2);
  });

  it('says that its files are gone', () => {
    layer.failAll({ tag: 'gone' });
    expect(db.transaction(() => insert('b'))).toEqual({ ok: false, error: { tag: 'gone' } });
  });

  it('writes once and flushes once for a durable commit', () => {
    insert('the first commit of a log also begins it');
    const before = db.stats();
    db.transaction(() => insert('a'));
    const after = db.stats();
    expect(after.writes - before.writes).toBe(1);
    expect(after.flushes - before.flushes).toBe(1);
  });

  it('writes a checkpoint in few long runs', () => {
    db.transaction(() => {
      for (let number = 0; number < 300; number += 1) insert(`${number} ${'x'.repeat(3_000)}`);
    });
    const before = db.stats();
    expect(db.checkpoint()).toEqual({ ok: true, value: undefined });
    const after = db.stats();
    expect(after.writes - before.writes).toBeLessThanOrEqual(5);
    expect(after.bytesWritten - before.bytesWritten).toBeGreaterThan(300 * 4_096);
  });

  it('takes back a transaction that was larger than the cache, and a smaller one follows over it', async () => {
    expect(() =>
      db.transaction(() => {
        db.run('PRAGMA cache_size = 20');
        for (let number = 0; number < 500; number += 1) insert('y'.repeat(3_000));
        throw new Error('changed my mind');
      }),
    ).toThrow('changed my mind');
    expect(db.transaction(() => insert('after')).ok).toBe(true);
    const copy = await openTestDatabase(createFaultyFileLayer(layer.images()));
    expect(copy.rows('SELECT value FROM t')).toEqual([{ value: 'after' }]);
    expect(copy.row('PRAGMA integrity_check')).toEqual({ integrity_check: 'ok' });
  });

  it('closes with everything in the pages and an empty log', async () => {
    insert('a');
    expect(db.close()).toEqual({ ok: true, value: undefined });
    expect(layer.images().get('1')?.length).toBe(0);
    const again = await openTestDatabase(layer);
    expect(again.rows('SELECT value FROM t')).toEqual([{ value: 'a' }]);
  });
});

import { expect, it } from 'vitest';
import type { Database } from '../../storage/database.ts';
import { databaseBytes, freedBytes } from '../../storage/repositories/database-bytes.ts';
import { createMemoryFileLayer } from '../../storage/file-layer-memory.ts';
import { createTestDatabase } from '../../storage/testing/storage-fixture.ts';
import { createTidying } from './tidying.ts';

const openFilled = async () => {
  const layer = createMemoryFileLayer();
  const db = await createTestDatabase(layer);
  for (let index = 0; index < 1_200; index += 1) {
    db.run('INSERT INTO settings (key, value) VALUES (?, ?)', [`key ${index}`, new Uint8Array(4_000).fill(index)]);
  }
  db.checkpoint();
  const tasks: { readonly task: () => void; readonly delayMs: number }[] = [];
  const tidying = createTidying(db, (task, delayMs) => {
    const entry = { task, delayMs };
    tasks.push(entry);
    return () => tasks.splice(tasks.indexOf(entry), 1);
  });
  const runAll = (): number => {
    let steps = 0;
    for (let next = tasks.shift(); next !== undefined; next = tasks.shift()) {
      next.task();
      steps += 1;
    }
    return steps;
  };
  const fileBytes = (): number => layer.images().get('0')?.length ?? 0;
  return { db, tidying, tasks, runAll, fileBytes };
};

it('makes the file smaller after a deletion, in small steps, and keeps what was not deleted', async () => {
  const { db, tidying, tasks, runAll, fileBytes } = await openFilled();
  const before = fileBytes();
  db.run("DELETE FROM settings WHERE key LIKE 'key %' AND CAST(substr(key, 5) AS INTEGER) % 4 > 0");
  const freed = freedBytes(db);
  expect(freed).toBeGreaterThan(2_000_000);
  tidying.noteDeleted();
  tidying.noteDeleted();
  expect(tasks.length).toBe(1);
  expect(runAll()).toBeGreaterThan(freed / 4_096 / 256);
  expect(freedBytes(db)).toBe(0);
  expect(before - fileBytes()).toBeGreaterThan(freed - 100_000);
  expect(databaseBytes(db)).toBeLessThan(before - freed + 100_000);
  expect(db.row('SELECT count(*) AS left FROM settings WHERE key LIKE ?', ['key %'])).toEqual({ left: 300 });
  expect(db.row('PRAGMA integrity_check')).toEqual({ integrity_check: 'ok' });
});

it('touches nothing after the account was closed', async () => {
  const { db, tidying, tasks } = await openFilled();
  tidying.noteDeleted();
  tidying.stop();
  expect(tasks).toEqual([]);
  tidying.noteDeleted();
  expect(tasks).toEqual([]);
  db.close();
  tidying.hurry();
});

it('gives the spare room back where a step throws', async () => {
  const { db } = await openFilled();
  const tasks: (() => void)[] = [];
  const broken: Database = {
    ...db,
    transaction: () => {
      throw new Error('a bug');
    },
  };
  let lifted = 0;
  const lift = () => {
    lifted += 1;
    return () => (lifted -= 1);
  };
  const tidying = createTidying(broken, (task) => (tasks.push(task), () => undefined), lift);
  tidying.noteDeleted();
  expect(tasks[0]).toThrow('a bug');
  expect(lifted).toBe(0);
  // Who deleted something is answered before.
  tidying.hurry();
  expect(lifted).toBe(0);
  expect(tasks.at(-1)).toThrow('a bug');
  db.close();
});

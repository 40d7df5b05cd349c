import { expect, test } from 'vitest';
import { createMemoryFileLayer } from '../file-layer-memory.ts';
import { createTestDatabase } from '../testing/storage-fixture.ts';
import { databaseBytes } from './database-bytes.ts';

test('the size of the database is that of its pages, and grows with what is stored', async () => {
  const db = await createTestDatabase(createMemoryFileLayer());
  const empty = databaseBytes(db);
  expect(empty % 4_096).toBe(0);
  db.run(`INSERT INTO settings (key, value) VALUES ('large', zeroblob(1000000))`);
  expect(databaseBytes(db) - empty).toBeGreaterThanOrEqual(1_000_000);
});

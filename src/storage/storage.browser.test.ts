import { expect, it } from 'vitest';
import { createMemoryFileLayer } from './file-layer-memory.ts';
import { createSearchRepository } from './repositories/search-repository.ts';
import { createTestDatabase, openTestDatabase } from './testing/storage-fixture.ts';
import { createWorkload, summarise } from './testing/workload.ts';

it('the same database runs in a browser', async () => {
  const layer = createMemoryFileLayer();
  const db = await createTestDatabase(layer, { checkpointFrames: 50 });
  const workload = createWorkload(db, 1);
  workload.prepare();
  for (let count = 0; count < 10; count += 1) {
    workload.send();
    workload.receive(3);
  }
  expect(createSearchRepository(db).search({ query: 'river', limit: 5 })).toHaveLength(5);
  const summary = summarise(db);
  // As the next start finds it after a crash, and after an orderly close.
  const crashed = await openTestDatabase(createMemoryFileLayer(layer.images()));
  expect(summarise(crashed)).toBe(summary);
  expect(db.close().ok).toBe(true);
  const closed = await openTestDatabase(layer, {}, 5);
  expect(summarise(closed)).toBe(summary);
  expect(closed.row('PRAGMA integrity_check')).toEqual({ integrity_check: 'ok' });
});

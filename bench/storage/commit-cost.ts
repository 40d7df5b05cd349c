import { createMemoryFileLayer } from '../../src/storage/file-layer-memory.ts';
import type { Database, DatabaseStats } from '../../src/storage/database.ts';
import { createTestDatabase, openTestDatabase } from '../../src/storage/testing/storage-fixture.ts';
import { createWorkload, type Workload } from '../../src/storage/testing/workload.ts';
import type { BenchLine } from '../contract.ts';
import { line } from './line.ts';

const MESSAGES_BEFORE = 5_000;
const COMMITS = 1_000;
const BATCH = 100;

interface Cost {
  readonly writes: number;
  readonly flushes: number;
  readonly kilobytes: number;
}

/** Between two counts, for each of `commits`. Checkpoints that fell in between are part of it. */
const costOf = (before: DatabaseStats, after: DatabaseStats, commits: number): Cost => ({
  writes: (after.writes - before.writes) / commits,
  flushes: (after.flushes - before.flushes) / commits,
  kilobytes: (after.bytesWritten - before.bytesWritten) / commits / 1_000,
});

const measure = (db: Database, commits: number, commit: () => void): Cost => {
  const before = db.stats();
  for (let count = 0; count < commits; count += 1) commit();
  return costOf(before, db.stats(), commits);
};

/**
 * What a durable commit costs in calls to the files: on every medium it is calls, not bytes or ciphers, that decide how
 * long a person waits (docs/protocol/database-file.md). Exact counts, the same on every machine.
 */
export async function* countCommitCost(scale: number): AsyncGenerator<BenchLine> {
  const layer = createMemoryFileLayer();
  const first = await createTestDatabase(layer);
  createWorkload(first, 1).prepare();
  first.close();
  const db = await openTestDatabase(layer);
  const workload: Workload = createWorkload(db, 1, 1);
  const commits = Math.max(100, Math.round(COMMITS * scale));

  // A history to write beside, so that pages are where they are in use and not all at the end of a file.
  for (let count = 0; count < (MESSAGES_BEFORE * scale) / BATCH; count += 1) workload.receive(BATCH);
  db.checkpoint();

  const received = measure(db, commits, () => workload.receive(1));
  yield line('writes per durable one-message commit', received.writes, { unit: 'writes', must: 1.2 });
  yield line('flushes per durable one-message commit', received.flushes, { unit: 'flushes', must: 1.05 });
  yield line('bytes written per durable one-message commit', received.kilobytes, { unit: 'KB' });

  // Written, sealed and accepted: three commits.
  const sent = measure(db, 3 * commits, () => workload.send());
  yield line('writes per message sent', 3 * sent.writes, { unit: 'writes' });
  yield line('flushes per message sent', 3 * sent.flushes, { unit: 'flushes' });
  yield line('bytes written per message sent', 3 * sent.kilobytes, { unit: 'KB' });

  const batches = measure(db, commits / 10, () => workload.receive(BATCH));
  const each = `per message received in a batch of ${BATCH}`;
  yield line(`writes ${each}`, batches.writes / BATCH, { unit: 'writes' });
  yield line(`flushes ${each}`, batches.flushes / BATCH, { unit: 'flushes' });
  yield line(`bytes written ${each}`, batches.kilobytes / BATCH, { unit: 'KB' });
  db.close();
}

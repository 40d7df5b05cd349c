import { describe, expect, it } from 'vitest';
import type { Database } from '../../storage/database.ts';
import { createMemoryFileLayer } from '../../storage/file-layer-memory.ts';
import type { FileLayer } from '../../storage/file-layer.ts';
import { giveBackPages } from '../../storage/repositories/database-bytes.ts';
import { createMessagesRepository } from '../../storage/repositories/messages-repository.ts';
import { createLimitedDisk } from '../../storage/testing/limited-disk.ts';
import { createTestDatabase, openTestDatabase } from '../../storage/testing/storage-fixture.ts';
import { createWorkload, type Workload } from '../../storage/testing/workload.ts';
import { SPARE_ROOM_BYTES, type SparingLayer } from '../spare-room.ts';

/** 2 MiB for an account, and what is kept to spare. */
const QUOTA_BYTES = 2 * 2 ** 20 + SPARE_ROOM_BYTES;

const createQuota = () => {
  const { holding, freeBytes } = createLimitedDisk({ cutsAreFree: 'when-closed', freeBytes: QUOTA_BYTES });
  return { layer: holding(createMemoryFileLayer()), freeBytes };
};

const pause = () => new Promise((resolve) => setTimeout(resolve, 0));

const fillUp = async (workload: Workload): Promise<void> => {
  for (;;) {
    try {
      workload.receive(30);
    } catch {
      return;
    }
    await pause();
  }
};

const countMessages = (db: Database): number => db.row<{ n: number }>('SELECT count(*) AS n FROM messages')?.n ?? 0;

/** What whoever keeps spare room must do for people whose disk is full. */
export const describeFullDisk = (
  name: string,
  keep: (layer: FileLayer, freeBytes: () => number) => SparingLayer,
): void => {
  describe(`a full disk, spare room: ${name}`, () => {
    it('can be read, and emptied, and takes messages again', async () => {
      const quota = createQuota();
      const { layer, spare } = keep(quota.layer, quota.freeBytes);
      const db = await createTestDatabase(layer);
      const workload = createWorkload(db, 5);
      workload.prepare();
      await fillUp(workload);
      const stored = countMessages(db);
      expect(stored).toBeGreaterThan(200);

      const messages = createMessagesRepository(db);
      const all = db.rows<{ arrival: number }>('SELECT arrival FROM messages ORDER BY arrival');
      expect(all.length).toBe(stored);
      // Without the spare room, a few deletions would still fit, and then no more.
      const refused = all.findIndex(({ arrival }) => !db.transaction(() => messages.remove(arrival)).ok);
      expect(refused).toBeGreaterThanOrEqual(0);
      expect(refused).toBeLessThan(50);
      for (const { arrival } of all.slice(refused, stored - 10)) {
        const end = spare.lift();
        expect(db.transaction(() => messages.remove(arrival)).ok).toBe(true);
        end();
      }
      const end = spare.lift();
      expect(db.checkpoint().ok).toBe(true);
      while (giveBackPages(db, 256) > 0);
      expect(db.checkpoint().ok).toBe(true);
      end();
      expect(countMessages(db)).toBe(10);
      expect(db.row('PRAGMA integrity_check')).toEqual({ integrity_check: 'ok' });
      await pause();
      workload.receive(10);
      expect(countMessages(db)).toBe(20);
      await fillUp(workload);
      expect(countMessages(db), 'as many as before').toBeGreaterThan(0.9 * stored);
      db.close();
    });

    it('is emptied by whoever opens it again', async () => {
      const quota = createQuota();
      const first = keep(quota.layer, quota.freeBytes);
      const filled = await createTestDatabase(first.layer);
      const workload = createWorkload(filled, 5);
      workload.prepare();
      await fillUp(workload);
      const begun = countMessages(filled);
      filled.close();

      const { layer, spare } = keep(quota.layer, quota.freeBytes);
      const db = await openTestDatabase(layer);
      await fillUp(createWorkload(db, 6, begun));
      const messages = createMessagesRepository(db);
      const end = spare.lift();
      for (const { arrival } of db.rows<{ arrival: number }>('SELECT arrival FROM messages'))
        expect(db.transaction(() => messages.remove(arrival)).ok).toBe(true);
      end();
      expect(countMessages(db)).toBe(0);
      db.close();
    });
  });
};

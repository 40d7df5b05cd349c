import { expect, it } from 'vitest';
import { err, ok } from '../domain/result.ts';
import type { Database } from '../storage/database.ts';
import { createMemoryFileLayer } from '../storage/file-layer-memory.ts';
import type { FileLayer } from '../storage/file-layer.ts';
import { giveBackPages } from '../storage/repositories/database-bytes.ts';
import { createMessagesRepository } from '../storage/repositories/messages-repository.ts';
import { describeFileLayer } from '../storage/testing/file-layer-contract.ts';
import { createTestDatabase } from '../storage/testing/storage-fixture.ts';
import { createWorkload, type Workload } from '../storage/testing/workload.ts';
import { keepSpareRoom, SPARE_ROOM_BYTES } from './spare-room.ts';

describeFileLayer('with spare room', async () => {
  const memory = createMemoryFileLayer();
  const freeBytes = async () => 10 * SPARE_ROOM_BYTES;
  return {
    layer: keepSpareRoom(memory, { freeBytes }).layer,
    reopen: async () => keepSpareRoom(createMemoryFileLayer(memory.images()), { freeBytes }).layer,
  };
});

/** 2 MiB for an account, and what is kept to spare. */
const QUOTA_BYTES = 2 * 2 ** 20 + SPARE_ROOM_BYTES;

/** A browser whose quota is used up: no file gets longer, what is there can be changed. */
const createQuota = () => {
  const memory = createMemoryFileLayer();
  const lengths = new Map<string, number>();
  const freeBytes = (): number => QUOTA_BYTES - [...lengths.values()].reduce((sum, length) => sum + length, 0);
  const layer: FileLayer = {
    ...memory,
    async open(name, mode) {
      const opened = await memory.open(name, mode);
      if (!opened.ok) return opened;
      const file = opened.value;
      return ok({
        ...file,
        write(bytes, at) {
          const length = lengths.get(name) ?? 0;
          if (at + bytes.length - length > Math.max(0, freeBytes())) return err({ tag: 'full' });
          lengths.set(name, Math.max(length, at + bytes.length));
          return file.write(bytes, at);
        },
        truncate(size) {
          lengths.set(name, size);
          return file.truncate(size);
        },
      });
    },
  };
  return { layer, freeBytes };
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

it('a disk that is full can be read, and emptied, and takes messages again', async () => {
  const quota = createQuota();
  const { layer, liftSpare } = keepSpareRoom(quota.layer, { freeBytes: async () => quota.freeBytes() });
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
    const end = liftSpare();
    expect(db.transaction(() => messages.remove(arrival)).ok).toBe(true);
    end();
  }
  const end = liftSpare();
  expect(db.checkpoint().ok).toBe(true);
  while (giveBackPages(db, 256) > 0);
  expect(db.checkpoint().ok).toBe(true);
  end();
  expect(countMessages(db)).toBe(10);
  expect(db.row('PRAGMA integrity_check')).toEqual({ integrity_check: 'ok' });
  await pause();
  workload.receive(10);
  expect(countMessages(db)).toBe(20);
  db.close();
});

it('stops before the limit of its kind of storage, too', async () => {
  const { layer, liftSpare } = keepSpareRoom(createMemoryFileLayer(), {
    freeBytes: async () => undefined,
    bytesMax: SPARE_ROOM_BYTES + 1_000,
  });
  const [pages, log] = [await layer.open('0', 'create'), await layer.open('1', 'create')];
  if (!pages.ok || !log.ok) throw new Error('not opened');
  expect(pages.value.write(new Uint8Array(900), 0).ok).toBe(true);
  expect(log.value.write(new Uint8Array(101), 0)).toEqual(err({ tag: 'full' }));
  const end = liftSpare();
  expect(log.value.write(new Uint8Array(101), 0).ok).toBe(true);
  end();
  end();
  expect(log.value.write(new Uint8Array(1), 101)).toEqual(err({ tag: 'full' }));
  expect(log.value.write(new Uint8Array(1), 50).ok).toBe(true);
});

/**
 * What our database would be without sealing: the same SQLite, settings, schema and connection code over the package's
 * own `opfs-sahpool`, with a log, exclusive and flushed at every commit. Only the file system differs.
 */
import { ok } from '../../../src/domain/result.ts';
import { done } from '../../../src/storage/file-layer.ts';
import { migrate } from '../../../src/storage/migrations/migrate.ts';
import { openConnection } from '../../../src/storage/sqlite/connection.ts';
import { createTransactions } from '../../../src/storage/sqlite/transactions.ts';
import type { SqliteBinding } from '../../../src/storage/vfs/sqlite-binding.ts';
import type { Volume } from '../../../src/storage/vfs/volume.ts';
import type { BenchEngine } from './bench-engine.ts';
import { noteHandle } from './note-handle.ts';
import { overOurDatabase } from './over-our-database.ts';
import { installPool, loadSqlite } from './sqlite-package.ts';

/** As in src/storage/open-database.ts; the bench refuses to compare two databases of different settings. */
const SETTINGS = [
  'PRAGMA locking_mode = EXCLUSIVE',
  'PRAGMA synchronous = FULL',
  'PRAGMA temp_store = MEMORY',
  'PRAGMA secure_delete = ON',
  'PRAGMA cache_size = -16384',
  'PRAGMA trusted_schema = OFF',
  'PRAGMA cell_size_check = ON',
  'PRAGMA wal_autocheckpoint = 4000',
  'PRAGMA page_size = 4096',
  'PRAGMA auto_vacuum = INCREMENTAL',
  'PRAGMA journal_mode = WAL',
];

export const loadPlain = async (folder: string): Promise<BenchEngine> => {
  const sqlite = (await loadSqlite()) as unknown as SqliteBinding & Awaited<ReturnType<typeof loadSqlite>>;
  return {
    async open() {
      const pool = await installPool(sqlite, folder);
      const opened = noteHandle({ sqlite, vfs: poolFiles }, pool.vfsName);
      const connection = openConnection(opened.engine, noVolume());
      for (const setting of SETTINGS) connection.rows(setting);
      migrate(connection);
      const db = {
        ...connection,
        ...createTransactions(connection),
        settle: () => Promise.resolve(done),
        stats: () => ({ reads: 0, writes: 0, flushes: 0, bytesWritten: 0 }),
        usePageKey: () => undefined,
        rotation: () => undefined,
        rotatePages: () => Promise.resolve(ok(undefined)),
        close() {
          const closed = connection.close();
          return closed.ok ? ok(undefined) : closed;
        },
      };
      return overOurDatabase({ db, sqlite, handle: opened.handle() });
    },
  };
};

const poolFiles = { mount: () => '/bench.db', unmount: () => undefined };

/** The connection asks its volume what a result code meant, and there is nobody behind this one to ask. */
const noVolume = (): Volume => ({ failure: undefined, bug: undefined }) as Volume;

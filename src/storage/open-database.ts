import { err, ok, type Result } from '../domain/result.ts';
import { DatabaseError, type Database } from './database.ts';
import { migrate, readSchemaVersion, SCHEMA_FORMAT } from './migrations/migrate.ts';
import type { CreateFailure, OpenFailure } from './open-failure.ts';
import { openConnection, type Connection } from './sqlite/connection.ts';
import { createRotation } from './rotate-pages.ts';
import type { SqliteEngine } from './sqlite/engine.ts';
import { createTransactions } from './sqlite/transactions.ts';
import { PAGE_BYTES, RESERVED_BYTES } from './vfs/layout.ts';
import { createVolume, openVolume, type Volume, type VolumeDeps, type VolumeOptions } from './vfs/volume.ts';

export interface DatabaseDeps extends VolumeDeps {
  readonly engine: SqliteEngine;
}

/**
 * Whose database it is, and the key that its pages are sealed under. The keys are copied and may be purged afterwards,
 * unless `rotation` answers something: then the newer one is needed until the database is closed.
 */
export interface DatabaseOptions extends VolumeOptions {
  /** For tests that show what flushing is for: `OFF` loses acknowledged transactions in a power cut. */
  readonly synchronous?: 'FULL' | 'OFF';
  /** Log frames after which a commit moves the log into the pages; 4 KiB each. */
  readonly checkpointFrames?: number;
}

/** Larger logs cost start-up time after a crash, smaller ones a checkpoint's writes more often. 16 MiB. */
const CHECKPOINT_FRAMES = 4_000;
const CACHE_KIB = 16_384;

/**
 * Makes a new, empty database of the newest schema. Refuses with `exists` where bytes of one stand, whoever's they
 * are: nothing is ever re-created silently. If it is interrupted, `openDatabase` answers `unfinished`, and it may be
 * called again.
 */
export const createDatabase = async (
  deps: DatabaseDeps,
  options: DatabaseOptions,
): Promise<Result<Database, CreateFailure>> => {
  const volume = await createVolume(deps, options);
  if (!volume.ok) return volume;
  return start<CreateFailure>(deps, options, volume.value, (connection) => {
    connection.reservePageBytes(RESERVED_BYTES);
    configure(connection, options);
    // The pages are written once, without a log, before the superblock says that there is a database.
    connection.rows('PRAGMA journal_mode = MEMORY');
    connection.run(`PRAGMA page_size = ${PAGE_BYTES}`);
    connection.run('PRAGMA auto_vacuum = INCREMENTAL');
    migrate(connection);
    switchToLog(connection);
    volume.value.markReady();
    return ok(undefined);
  });
};

/**
 * Opens the database that stands in the layer, recovers it from its log, and brings its schema up to date. Changes
 * nothing where it fails, and never makes a new one.
 */
export const openDatabase = async (
  deps: DatabaseDeps,
  options: DatabaseOptions,
): Promise<Result<Database, OpenFailure>> => {
  const volume = await openVolume(deps, options);
  if (!volume.ok) return volume;
  return start<OpenFailure>(deps, options, volume.value, (connection) => {
    configure(connection, options);
    switchToLog(connection);
    refuseCutPages(connection, volume.value);
    const version = readSchemaVersion(connection);
    if (version === undefined) return err({ tag: 'damaged', part: 'schema' });
    if (version.minReader > SCHEMA_FORMAT) return err({ tag: 'newer-format', minReader: version.minReader });
    migrate(connection);
    return ok(undefined);
  });
};

const configure = (connection: Connection, options: DatabaseOptions): void => {
  // Before the first access: without shared memory, the log works in exclusive mode only.
  connection.rows('PRAGMA locking_mode = EXCLUSIVE');
  connection.run(`PRAGMA synchronous = ${options.synchronous ?? 'FULL'}`);
  connection.run('PRAGMA temp_store = MEMORY');
  connection.rows('PRAGMA secure_delete = ON');
  connection.run(`PRAGMA cache_size = -${CACHE_KIB}`);
  connection.run('PRAGMA trusted_schema = OFF');
  connection.run('PRAGMA cell_size_check = ON');
  connection.rows(`PRAGMA wal_autocheckpoint = ${options.checkpointFrames ?? CHECKPOINT_FRAMES}`);
};

const switchToLog = (connection: Connection): void => {
  const mode = connection.row<{ journal_mode: string }>('PRAGMA journal_mode = WAL');
  if (mode?.journal_mode !== 'wal') throw new Error(`journal mode ${mode?.journal_mode ?? 'unknown'}`);
};

/**
 * Pages that the file lacks must all be in the log. SQLite would read the missing ones as zeros; moving the log into the
 * pages finds every gap.
 *
 * @throws DatabaseError `damaged`
 */
const refuseCutPages = (connection: Connection, volume: Volume): void => {
  const count = connection.row<{ page_count: number }>('PRAGMA page_count')?.page_count ?? 0;
  if (count * PAGE_BYTES <= volume.main.size()) return;
  try {
    connection.rows('PRAGMA wal_checkpoint(PASSIVE)');
  } catch (thrown) {
    // Without room nothing can be moved, and a full disk must not lock anybody out of reading and deleting.
    if (!(thrown instanceof DatabaseError && thrown.failure.tag === 'full')) throw thrown;
  }
};

/** Connects to the volume and prepares it; gives everything back where that fails. */
const start = <E>(
  deps: DatabaseDeps,
  options: DatabaseOptions,
  volume: Volume,
  prepare: (connection: Connection) => Result<void, E>,
): Result<Database, E | DatabaseError['failure']> => {
  let connection: Connection | undefined;
  try {
    connection = openConnection(deps.engine, volume);
    const prepared = prepare(connection);
    if (prepared.ok) return ok(createDatabaseOver(deps, options, volume, connection));
    connection.close();
    volume.close();
    return prepared;
  } catch (thrown) {
    connection?.close();
    volume.close();
    if (thrown instanceof DatabaseError) return err(thrown.failure);
    throw thrown;
  }
};

const createDatabaseOver = (
  deps: DatabaseDeps,
  options: DatabaseOptions,
  volume: Volume,
  connection: Connection,
): Database => ({
  run: (sql, parameters) => connection.run(sql, parameters),
  rows: (sql, parameters) => connection.rows(sql, parameters),
  row: (sql, parameters) => connection.row(sql, parameters),
  atomically: (work) => connection.atomically(work),
  ...createTransactions(connection),
  settle: () => deps.layer.settle(),
  stats: () => ({ ...volume.counters }),
  ...createRotation(connection, volume),
  close() {
    const closed = connection.close();
    volume.close();
    return closed;
  },
});

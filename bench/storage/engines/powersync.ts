import { Factory } from 'peer:@journeyapps/wa-sqlite';
import loadModule from 'peer:@journeyapps/wa-sqlite/dist/mc-wa-sqlite.mjs';
import { OPFSCoopSyncVFS } from 'peer:@journeyapps/wa-sqlite/src/examples/OPFSCoopSyncVFS.js';
import type { BenchEngine } from './bench-engine.ts';
import { overWaSqlite } from './over-wa-sqlite.ts';
import { PEER_KEY_HEX } from './peer-key.ts';

const OPEN_READWRITE_CREATE = 6;

/**
 * As `RawSqliteConnection` of @powersync/web 2.4.0 opens a database with an encryption key on OPFSCoopSyncVFS, its own
 * extension and cache of 50 MB included. `resolveRawWaSqliteDatabaseOptions` keeps no prepared statements unless it is
 * told to; with `keepsStatements` it is.
 */
export const loadPowerSync = async (
  folder: string,
  { keepsStatements }: { readonly keepsStatements: boolean },
): Promise<BenchEngine> => {
  const fileName = `${folder}.db`;
  const module = await loadModule();
  const vfs = await OPFSCoopSyncVFS.create(fileName, module);
  vfs.mxPathname = 128;
  const sqlite = Factory(module);
  sqlite.vfs_register(vfs, true);
  module.ccall('powersync_init_static', 'int', [], []);
  const created = module.ccall('sqlite3mc_vfs_create', 'int', ['string', 'int'], [fileName, 1]);
  if (created !== 0) throw new Error(`powersync: ${created}`);
  return {
    async open() {
      const database = await sqlite.open_v2(fileName, OPEN_READWRITE_CREATE);
      await sqlite.exec(database, 'PRAGMA temp_store = MEMORY');
      await sqlite.exec(database, `PRAGMA key = '${PEER_KEY_HEX}'`);
      await sqlite.exec(database, 'PRAGMA cache_size = -51200');
      await sqlite.exec(database, "SELECT powersync_update_hooks('install')");
      return overWaSqlite(sqlite, database, { keepsStatements });
    },
  };
};

import { Factory } from 'peer:@journeyapps/wa-sqlite';
import loadModule from 'peer:@journeyapps/wa-sqlite/dist/wa-sqlite.mjs';
import { OPFSWriteAheadVFS } from 'peer:@journeyapps/wa-sqlite/src/examples/OPFSWriteAheadVFS.js';
import type { BenchEngine } from './bench-engine.ts';
import { overWaSqlite } from './over-wa-sqlite.ts';

const OPEN_READWRITE_CREATE = 6;

/**
 * wa-sqlite with its newest file system, plain. From PowerSync's fork, because the package of its author, 1.0.0, has
 * neither this file system nor FTS5.
 */
export const loadWaSqlite = async (folder: string): Promise<BenchEngine> => {
  const module = await loadModule();
  const vfs = await OPFSWriteAheadVFS.create('write-ahead', module, {});
  const sqlite = Factory(module);
  sqlite.vfs_register(vfs, true);
  return {
    async open() {
      const database = await sqlite.open_v2(`${folder}.db`, OPEN_READWRITE_CREATE);
      // Unless it is told so, it flushes no commit.
      await sqlite.exec(database, 'PRAGMA synchronous = FULL');
      return overWaSqlite(sqlite, database, { keepsStatements: true });
    },
  };
};

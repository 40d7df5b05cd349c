import init from 'peer:@evolu/sqlite-wasm';
import { overOo1 } from './over-oo1.ts';
import type { BenchEngine } from './bench-engine.ts';
import { PEER_KEY_HEX } from './peer-key.ts';

/** As `createWasmSqliteDriver` of @evolu/web 2.4.0 opens a database with an encryption key: SQLCipher's format. */
export const loadEvolu = async (folder: string): Promise<BenchEngine> => {
  const sqlite = await init();
  return {
    async open() {
      sqlite.capi.sqlite3mc_vfs_create('opfs', 1);
      const pool = await sqlite.installOpfsSAHPoolVfs({ directory: `.${folder}` });
      const database = new pool.OpfsSAHPoolDb('file:evolu1.db?vfs=multipleciphers-opfs-sahpool');
      database.exec(`PRAGMA cipher = 'sqlcipher'; PRAGMA legacy = 4; PRAGMA key = "x'${PEER_KEY_HEX}'";`);
      return overOo1(database);
    },
  };
};

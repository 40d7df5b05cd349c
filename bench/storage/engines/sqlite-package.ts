import init, { type SAHPoolUtil, type Sqlite3Static } from '@sqlite.org/sqlite-wasm';

export type Sqlite = Sqlite3Static;

export const loadSqlite = (): Promise<Sqlite> => init();

/** Main file, log and journal: no handle more than is needed, so that opening costs what it must. */
const CAPACITY = 3;

export const installPool = (sqlite: Sqlite, folder: string): Promise<SAHPoolUtil> =>
  sqlite.installOpfsSAHPoolVfs({ name: `pool-${folder}`, directory: `/${folder}`, initialCapacity: CAPACITY });

import type { SqlConnection } from '../database.ts';

/** Size of the database's pages, in bytes; its log, which is moved into them now and then, is not counted. */
export const databaseBytes = (db: Pick<SqlConnection, 'row'>): number => {
  const pages = db.row<{ page_count: number }>('PRAGMA page_count')?.page_count ?? 0;
  const size = db.row<{ page_size: number }>('PRAGMA page_size')?.page_size ?? 0;
  return pages * size;
};

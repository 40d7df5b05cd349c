import type { SqlConnection } from '../database.ts';

type Rows = Pick<SqlConnection, 'row'>;

const pageBytes = (db: Rows): number => db.row<{ page_size: number }>('PRAGMA page_size')?.page_size ?? 0;

const freedPages = (db: Rows): number =>
  db.row<{ freelist_count: number }>('PRAGMA freelist_count')?.freelist_count ?? 0;

/** Size of the database's pages, in bytes; its log, which is moved into them now and then, is not counted. */
export const databaseBytes = (db: Rows): number =>
  (db.row<{ page_count: number }>('PRAGMA page_count')?.page_count ?? 0) * pageBytes(db);

/** Of these, what nothing stands in any more. `secure_delete` has written zeros there. */
export const freedBytes = (db: Rows): number => freedPages(db) * pageBytes(db);

/**
 * Cuts up to `pagesMax` freed pages off, moving others into their place; the file gets shorter with the next checkpoint.
 * Answers how many freed pages are left.
 */
export const giveBackPages = (db: Pick<SqlConnection, 'row' | 'rows'>, pagesMax: number): number => {
  db.rows(`PRAGMA incremental_vacuum(${pagesMax})`);
  return freedPages(db);
};

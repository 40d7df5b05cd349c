import type { SqlConnection } from '../database.ts';
import { createMemoryFileLayer, type FileImages } from '../file-layer-memory.ts';
import { openConnection } from '../sqlite/connection.ts';
import { openVolume } from '../vfs/volume.ts';
import { sharedEngine, testDeps, testOptions } from './storage-fixture.ts';

/** By name of a table: its columns, and its rows as text, sorted. */
export type StoredRows = ReadonlyMap<string, { readonly columns: string; readonly rows: readonly string[] }>;

/** Tables of full-text indexes are left out: what is found in them is asked for elsewhere. */
const tablesOf = (connection: SqlConnection): readonly string[] =>
  connection
    .rows<{ name: string }>(
      `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'
        AND name NOT IN ('sqlite_schema', 'schema_version') ORDER BY name`,
    )
    .map(({ name }) => name);

const columnsOf = (connection: SqlConnection, table: string): string =>
  connection
    .rows<{ name: string }>('SELECT name FROM pragma_table_info(?)', [table])
    .map(({ name }) => `quote("${name}")`)
    .join(` || ',' || `);

const rowsOf = (connection: SqlConnection, table: string, columns: string): readonly string[] =>
  connection.rows<{ row: string }>(`SELECT ${columns} AS row FROM "${table}" ORDER BY row`).map(({ row }) => row);

/** Everything that a database holds in the schema that it has, which no migration has touched. */
export const rowsBeforeMigration = async (images: FileImages): Promise<StoredRows> => {
  const volume = await openVolume(await testDeps(createMemoryFileLayer(images)), testOptions());
  if (!volume.ok) throw new Error(`not opened: ${volume.error.tag}`);
  const connection = openConnection(await sharedEngine(), volume.value);
  connection.rows('PRAGMA locking_mode = EXCLUSIVE');
  connection.rows('PRAGMA journal_mode = WAL');
  const stored = new Map(
    tablesOf(connection).map((table) => {
      const columns = columnsOf(connection, table);
      return [table, { columns, rows: rowsOf(connection, table, columns) }];
    }),
  );
  connection.close();
  volume.value.close();
  return stored;
};

/** The first row that was there and is not, in words; `undefined` where all are. There may be more of them now. */
export const missingRow = (connection: SqlConnection, before: StoredRows): string | undefined => {
  for (const [table, { columns, rows }] of before) {
    const left = new Set(rowsOf(connection, table, columns));
    const missing = rows.find((row) => !left.has(row));
    if (missing !== undefined) return `a row of ${table} is gone or changed: ${missing.slice(0, 60)}`;
  }
  return undefined;
};

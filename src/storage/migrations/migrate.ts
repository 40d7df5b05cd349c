/**
 * Schema versions. A change is first an expansion that the release before still opens (`minReader` stays), and only a
 * later release contracts what nobody reads any more (docs/protocol/database-file.md, "Versions").
 */
import type { SqlConnection } from '../database.ts';
import { firstSchema } from './0001-first-schema.ts';
import { searchAndScale } from './0002-search-and-scale.ts';
import type { Migration } from './migration.ts';

export interface SchemaVersion {
  readonly format: number;
  readonly minReader: number;
}

const MIGRATIONS: readonly Migration[] = [firstSchema, searchAndScale];

/** The schema that this release writes. */
export const SCHEMA_FORMAT = MIGRATIONS.length;

/** `undefined` where there is no schema at all. */
export const readSchemaVersion = (connection: SqlConnection): SchemaVersion | undefined => {
  const table = connection.row(`SELECT 1 FROM sqlite_schema WHERE name = 'schema_version'`);
  if (table === undefined) return undefined;
  return connection.row<SchemaVersion>('SELECT format, min_reader AS minReader FROM schema_version');
};

/**
 * Brings the schema to this release's format in one transaction: a crash leaves the old one or the new one. A newer
 * schema that still admits us is left alone.
 *
 * @throws DatabaseError
 */
export const migrate = (connection: SqlConnection): void => {
  const { format } = readSchemaVersion(connection) ?? { format: 0 };
  const due = MIGRATIONS.filter((migration) => migration.version > format);
  if (due.length === 0) return;
  connection.atomically(() => {
    connection.run(`CREATE TABLE IF NOT EXISTS schema_version (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      format INTEGER NOT NULL,
      min_reader INTEGER NOT NULL
    ) STRICT`);
    for (const { version, minReader, statements } of due) {
      for (const statement of statements) connection.run(statement);
      connection.run('INSERT OR REPLACE INTO schema_version VALUES (1, ?, ?)', [version, minReader]);
    }
  });
};

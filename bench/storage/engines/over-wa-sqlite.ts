import type { SqlValue } from '../../../src/storage/database.ts';
import type { WaSqlite } from 'peer:@journeyapps/wa-sqlite';
import type { BenchDatabase } from './bench-engine.ts';

const SQLITE_ROW = 100;

/**
 * A database behind wa-sqlite's own interface, used as its documentation shows.
 *
 * @param keepsStatements whether a statement is prepared once, or each time that it is executed
 */
export const overWaSqlite = (
  sqlite: WaSqlite,
  database: number,
  { keepsStatements }: { readonly keepsStatements: boolean },
): BenchDatabase => {
  const statements = new Map<string, number>();

  const prepare = async (sql: string): Promise<number> => {
    for await (const statement of sqlite.statements(database, sql, { unscoped: true })) {
      if (keepsStatements) statements.set(sql, statement);
      return statement;
    }
    throw new Error(`no statement: ${sql}`);
  };

  return {
    async execute(sql, parameters, reads) {
      const statement = statements.get(sql) ?? (await prepare(sql));
      if (parameters.length > 0) sqlite.bind_collection(statement, parameters.map(toBinding));
      let rows = 0;
      while ((await sqlite.step(statement)) === SQLITE_ROW) {
        rows += 1;
        if (reads) sqlite.row(statement);
      }
      await (keepsStatements ? sqlite.reset(statement) : sqlite.finalize(statement));
      return rows;
    },
    ours: undefined,
    async close() {
      for (const statement of statements.values()) await sqlite.finalize(statement);
      await sqlite.close(database);
    },
  };
};

/** A number beyond 32 bits would be bound as a float. */
const toBinding = (value: SqlValue): SqlValue =>
  typeof value === 'number' && Number.isSafeInteger(value) && (value | 0) !== value ? BigInt(value) : value;

import type { Database as Oo1Database, PreparedStatement } from '@sqlite.org/sqlite-wasm';
import type { BenchDatabase } from './bench-engine.ts';

/** A database behind the package's own interface, used as its documentation shows. */
export const overOo1 = (database: Oo1Database): BenchDatabase => {
  const statements = new Map<string, PreparedStatement>();

  const statementOf = (sql: string): PreparedStatement => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const prepared = database.prepare(sql);
    statements.set(sql, prepared);
    return prepared;
  };

  return {
    execute(sql, parameters, reads) {
      const statement = statementOf(sql);
      if (parameters.length > 0) statement.bind([...parameters]);
      let rows = 0;
      while (statement.step()) {
        rows += 1;
        if (reads) statement.get([]);
      }
      statement.reset();
      return rows;
    },
    ours: undefined,
    close() {
      for (const statement of statements.values()) statement.finalize();
      database.close();
    },
  };
};

import type { Database as PackageDatabase, Sqlite3Static } from '@sqlite.org/sqlite-wasm';
import type { OurDatabase } from '../engines/bench-engine.ts';
import type { Recording } from '../recording.ts';
import type { ReaderTimes } from './worker-api.ts';

/** The package can wrap a connection that it did not open; its types do not say so. */
type Wrapping = { wrapHandle(handle: number, owns: boolean): PackageDatabase };

/**
 * Reads every page of the recording twice over one connection: through our row reader and through the package's, which
 * takes the lead in turn.
 */
export const compareReaders = (
  { db, sqlite, handle }: OurDatabase,
  { texts, transactions }: Recording,
): ReaderTimes => {
  const { DB } = (sqlite as unknown as Sqlite3Static).oo1;
  const wrapped = (DB as unknown as Wrapping).wrapHandle(handle, false);
  const oursMs: number[] = [];
  const packageMs: number[] = [];
  for (const [number, statements] of transactions.entries()) {
    // The page itself is the first statement; what follows asks whether there is more.
    const [page] = statements;
    if (page === undefined) continue;
    const sql = texts[page.text] ?? '';
    const parameters = [...page.parameters];
    const statement = wrapped.prepare(sql);
    const ours = (): number => db.rows(sql, parameters).length;
    const theirs = (): number => {
      const rows: unknown[] = [];
      statement.bind(parameters);
      while (statement.step()) rows.push(statement.get([]));
      statement.reset();
      return rows.length;
    };
    if (ours() !== theirs()) throw new Error('two readers read differently');
    const pairs = [[ours, oursMs] as const, [theirs, packageMs] as const];
    for (const [read, times] of number % 2 === 0 ? pairs : pairs.reverse()) {
      const begin = performance.now();
      read();
      times.push(performance.now() - begin);
    }
    statement.finalize();
  }
  return { oursMs, packageMs };
};

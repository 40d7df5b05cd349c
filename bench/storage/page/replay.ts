import type { BenchDatabase } from '../engines/bench-engine.ts';
import type { RecordedTransaction, Recording } from '../recording.ts';
import type { Replayed } from './worker-api.ts';

/** Executes a recording. Nothing is awaited that answers at once: engines with a synchronous interface keep its speed. */
export const replay = async (
  database: BenchDatabase,
  { texts, transactions }: Recording,
  as: 'transactions' | 'reads',
): Promise<Replayed> => {
  let rows = 0;

  const execute = async (transaction: RecordedTransaction): Promise<void> => {
    if (as === 'transactions') await run('BEGIN IMMEDIATE');
    for (const { text, parameters, reads } of transaction) {
      const answer = database.execute(texts[text] ?? '', parameters, reads);
      const count = typeof answer === 'number' ? answer : await answer;
      if (reads) rows += count;
    }
    if (as === 'transactions') await run('COMMIT');
  };
  const run = (sql: string): number | Promise<number> => database.execute(sql, [], false);

  const eachMs: number[] = [];
  const begin = performance.now();
  for (const transaction of transactions) {
    const before = performance.now();
    await execute(transaction);
    eachMs.push(performance.now() - before);
  }
  return { totalMs: performance.now() - begin, eachMs, rows };
};

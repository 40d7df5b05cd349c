import type { BenchDatabase, OurDatabase } from './bench-engine.ts';

/** A database behind our own connection code: statement cache, binding and row reader are those of the app. */
export const overOurDatabase = (ours: OurDatabase): BenchDatabase => {
  const { db } = ours;
  return {
    execute(sql, parameters, reads) {
      if (reads) return db.rows(sql, parameters).length;
      db.run(sql, parameters);
      return 0;
    },
    ours,
    close() {
      const closed = db.close();
      if (!closed.ok) throw new Error(`not closed: ${closed.error.tag}`);
    },
  };
};

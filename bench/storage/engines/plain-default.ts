import type { BenchEngine } from './bench-engine.ts';
import { overOo1 } from './over-oo1.ts';
import { installPool, loadSqlite } from './sqlite-package.ts';

/** `opfs-sahpool` as it comes: a rollback journal. */
export const loadPlainDefault = async (folder: string): Promise<BenchEngine> => {
  const sqlite = await loadSqlite();
  return {
    async open() {
      const pool = await installPool(sqlite, folder);
      return overOo1(new pool.OpfsSAHPoolDb('/bench.db'));
    },
  };
};

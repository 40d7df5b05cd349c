import { HYBRID_ZERO, type HybridTime } from '../../domain/hybrid-time.ts';
import type { SqlConnection } from '../database.ts';

export interface CountersRepository {
  /** The hybrid clock as it was last written down. */
  hybridTime(): HybridTime;
  saveHybridTime(time: HybridTime): void;

  /** Sequence of the newest vault header this database has seen; a lower one is an older lock put back. */
  vaultHeaderSequence(): number;
  saveVaultHeaderSequence(sequence: number): void;

  /** The next number under `name`, from 1. Numbers of a transaction that is taken back are given again. */
  next(name: CounterName): number;
}

/**
 * `arrival`: messages as they come, from 2^40 upward. `imported`: restored history, from 2^40 downward. `pending`: own
 * messages that the relay has not taken yet.
 */
export type CounterName = 'arrival' | 'imported' | 'pending';

const STEPS: Readonly<Record<CounterName, number>> = { arrival: 1, imported: -1, pending: 1 };

export const createCountersRepository = (db: SqlConnection): CountersRepository => {
  const read = (name: string): number | undefined =>
    db.row<{ value: number }>('SELECT value FROM counters WHERE name = ?', [name])?.value;
  const write = (name: string, value: number): void =>
    void db.run('INSERT OR REPLACE INTO counters (name, value) VALUES (?, ?)', [name, value]);

  return {
    hybridTime: () => ({
      wallMs: read('hlc-wall') ?? HYBRID_ZERO.wallMs,
      counter: read('hlc-counter') ?? HYBRID_ZERO.counter,
    }),
    saveHybridTime(time) {
      write('hlc-wall', time.wallMs);
      write('hlc-counter', time.counter);
    },

    vaultHeaderSequence: () => read('vault-header-sequence') ?? 0,
    saveVaultHeaderSequence: (sequence) => write('vault-header-sequence', sequence),

    next(name) {
      // Two statements: RETURNING puts its row into a table of its own first, which takes several times as long.
      const last = read(name);
      if (last === undefined) throw new Error(`no counter ${name}`);
      const value = last + STEPS[name];
      db.run('UPDATE counters SET value = ? WHERE name = ?', [value, name]);
      return value;
    },
  };
};

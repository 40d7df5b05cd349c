import { err, ok, type Result } from '../../domain/result.ts';
import { DatabaseError, type Database, type DatabaseFailure } from '../database.ts';
import type { Connection } from './connection.ts';

/** The edge where a failing database becomes a value. */
export const createTransactions = (connection: Connection): Pick<Database, 'transaction' | 'read' | 'checkpoint'> => {
  const read = <T>(work: () => T): Result<T, DatabaseFailure> => {
    try {
      return ok(work());
    } catch (thrown) {
      if (thrown instanceof DatabaseError) return err(thrown.failure);
      throw thrown;
    }
  };

  return {
    read,

    transaction: (work) =>
      read(() => {
        if (connection.isInTransaction()) throw new Error('transactions do not nest');
        return connection.atomically(work);
      }),

    checkpoint: (options) =>
      read(() => {
        connection.rows(`PRAGMA wal_checkpoint(${options?.emptiesLog === true ? 'TRUNCATE' : 'PASSIVE'})`);
      }),
  };
};

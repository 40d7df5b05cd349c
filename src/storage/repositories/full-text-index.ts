import { DatabaseError, type SqlConnection } from '../database.ts';

/**
 * Adding one text to FTS5 rewrites six pages, adding sixty-four hardly more. So texts are added together: when this
 * many are waiting, and before each search. Which have been added is told by one number, because arrival numbers only
 * grow; what waits is in `messages` already and cannot be lost.
 */
const WAITING_MAX = 64;

export interface FullTextIndex {
  /** In the transaction that stores the message with this arrival number. */
  noteAdded(arrival: number): void;
  /** In the transaction that removes it, before it does. `text` must be what was stored. */
  remove(arrival: number, text: string): void;
  /** Adds everything that waits, by itself or within the caller's transaction. Without room, leaves it waiting. */
  catchUp(): void;
}

export const createFullTextIndex = (db: SqlConnection): FullTextIndex => {
  const indexedUpTo = (): number =>
    db.row<{ value: number }>(`SELECT value FROM counters WHERE name = 'indexed'`)?.value ?? 0;

  const addWaiting = (): void => {
    db.run(
      `INSERT INTO message_text (rowid, text)
        SELECT arrival, text FROM messages WHERE arrival > ? AND text IS NOT NULL ORDER BY arrival`,
      [indexedUpTo()],
    );
    db.run(`UPDATE counters SET value = (SELECT value FROM counters WHERE name = 'arrival') WHERE name = 'indexed'`);
  };

  return {
    noteAdded(arrival) {
      if (arrival - indexedUpTo() >= WAITING_MAX) addWaiting();
    },

    remove(arrival, text) {
      if (arrival > indexedUpTo()) return;
      db.run(`INSERT INTO message_text (message_text, rowid, text) VALUES ('delete', ?, ?)`, [arrival, text]);
    },

    catchUp() {
      try {
        db.atomically(addWaiting);
      } catch (thrown) {
        if (!(thrown instanceof DatabaseError && thrown.failure.tag === 'full')) throw thrown;
      }
    },
  };
};

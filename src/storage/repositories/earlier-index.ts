import type { SqlConnection } from '../database.ts';

/**
 * `message_text`, the full-text index of schema 1. Nothing is added to it any more; it answers for messages that are
 * not in the present index yet, and a release that knows nothing else still finds and fills it. To be dropped with the
 * first schema that such a release cannot open.
 */
export interface EarlierIndex {
  /** In the transaction that removes the message, before it does. `text` must be what was stored. */
  remove(arrival: number, text: string): void;
  /** In the transaction that changes the text. Null where there is none. */
  replace(arrival: number, before: string | null, now: string | null): void;
}

export const createEarlierIndex = (db: SqlConnection): EarlierIndex => {
  const holds = (arrival: number): boolean =>
    arrival <= (db.row<{ value: number }>(`SELECT value FROM counters WHERE name = 'indexed'`)?.value ?? 0);
  const remove = (arrival: number, text: string): void => {
    if (!holds(arrival)) return;
    db.run(`INSERT INTO message_text (message_text, rowid, text) VALUES ('delete', ?, ?)`, [arrival, text]);
  };

  return {
    remove,
    replace(arrival, before, now) {
      if (before !== null) remove(arrival, before);
      if (now !== null && holds(arrival))
        db.run('INSERT INTO message_text (rowid, text) VALUES (?, ?)', [arrival, now]);
    },
  };
};

/** The words as FTS5 phrases; quoted, so that nothing a person types is query syntax. */
export const toEarlierExpression = (query: string): string | undefined => {
  const words = query.match(/[\p{L}\p{N}\p{M}\p{Co}]+/gu);
  return words === null ? undefined : `${words.map((word) => `"${word}"`).join(' ')}*`;
};

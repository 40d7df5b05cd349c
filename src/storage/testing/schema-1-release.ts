/**
 * What the release with schema 1 does to messages, in its own statements, copied when schema 2 was made: a release that
 * is one older must go on working with what ours wrote, and ours with what that one did. Never changed.
 */
import type { Database } from '../database.ts';

export interface Schema1Release {
  /** Stores messages by somebody else as the last ones of a conversation, in one transaction. Answers their arrivals. */
  receive(conversation: number, ...texts: readonly string[]): number[];
  remove(arrival: number): void;
  /** Arrivals, newest first. */
  search(query: string): readonly number[];
  messageCount(): number;
  waitingCount(): number;
}

const WAITING_MAX = 64;

export const createSchema1Release = (db: Database): Schema1Release => {
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

  const store = (conversation: number, text: string): number => {
    const { value: arrival } = db.row<{ value: number }>(
      'UPDATE counters SET value = value + ? WHERE name = ? RETURNING value',
      [1, 'arrival'],
    )!;
    const { next } = db.row<{ next: number }>(
      'SELECT coalesce(max(sequence), 0) + 1 AS next FROM messages WHERE conversation = ? AND generation = 0',
      [conversation],
    )!;
    const id = new Uint8Array(16).fill(arrival % 256);
    id.set([arrival % 251, arrival % 241], 2);
    db.run('INSERT OR IGNORE INTO authors (account_id, device_index) VALUES (?, ?)', [new Uint8Array(32).fill(9), 0]);
    const author = db.row<{ id: number }>('SELECT id FROM authors WHERE account_id = ? AND device_index = ?', [
      new Uint8Array(32).fill(9),
      0,
    ])!.id;
    db.run('INSERT INTO message_ids (message_id, author, arrival) VALUES (?, ?, ?)', [id, author, arrival]);
    db.run(
      `INSERT INTO messages (conversation, generation, sequence, place, arrival, message_id, author, is_mine, kind,
          format, text, body, hlc_wall, hlc_counter, sent_at, relay_at, stored_at, delivery, failure)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [conversation, 0, next, 0, arrival, id, author, 0, 0, 1, text, null, 5, 0, 5, 5, 5, null, null],
    );
    if (arrival - indexedUpTo() >= WAITING_MAX) addWaiting();
    db.run(
      `UPDATE conversations SET last_arrival = (
          SELECT arrival FROM messages WHERE conversation = ?1 AND place = 0
            ORDER BY generation DESC, sequence DESC, place DESC LIMIT 1)
        WHERE id = ?1`,
      [conversation],
    );
    return arrival;
  };

  const removeStored = (arrival: number): void => {
    const message = db.row<{ conversation: number; text: string | null }>(
      'SELECT conversation, text FROM messages WHERE arrival = ?',
      [arrival],
    );
    if (message === undefined) throw new Error('nothing to remove');
    if (message.text !== null && arrival <= indexedUpTo()) {
      db.run(`INSERT INTO message_text (message_text, rowid, text) VALUES ('delete', ?, ?)`, [arrival, message.text]);
    }
    if (db.run('DELETE FROM messages WHERE arrival = ?', [arrival]) !== 1) throw new Error('not removed');
    db.run('DELETE FROM receipts WHERE arrival = ?', [arrival]);
    db.run('DELETE FROM receipts_owed WHERE conversation = ? AND arrival = ?', [message.conversation, arrival]);
  };

  const committed = <T>(work: () => T): T => {
    const result = db.transaction(work);
    if (!result.ok) throw new Error(result.error.tag);
    return result.value;
  };

  return {
    receive: (conversation, ...texts) => committed(() => texts.map((text) => store(conversation, text))),
    remove: (arrival) => committed(() => removeStored(arrival)),
    search(query) {
      committed(addWaiting);
      const words = query.match(/[\p{L}\p{N}\p{M}\p{Co}]+/gu) ?? [];
      return db
        .rows<{ arrival: number }>(
          `SELECT m.arrival, snippet(message_text, 0, '[', ']', '…', 16) AS snippet
            FROM message_text CROSS JOIN messages m ON m.arrival = message_text.rowid
              JOIN conversations c ON c.id = m.conversation JOIN authors a ON a.id = m.author
            WHERE message_text MATCH ? AND message_text.rowid < ? ORDER BY message_text.rowid DESC LIMIT ?`,
          [`${words.map((word) => `"${word}"`).join(' ')}*`, Number.MAX_SAFE_INTEGER, 1_000],
        )
        .map(({ arrival }) => arrival);
    },
    messageCount: () => db.row<{ count: number }>('SELECT count(*) AS count FROM messages')?.count ?? 0,
    waitingCount: () =>
      db.row<{ count: number }>(`SELECT count(*) AS count FROM outbox o WHERE o.state = 'sealed' OR o.state = 'intent'
          AND (o.arrival IS NULL OR EXISTS (SELECT 1 FROM messages m WHERE m.arrival = o.arrival))`)?.count ?? 0,
  };
};

import { DatabaseError, type SqlConnection } from '../database.ts';
import { tokensOf } from '../search/tokens.ts';
import { createEarlierIndex } from './earlier-index.ts';

/**
 * Adding one text to FTS5 rewrites several pages, adding sixty-four hardly more. So texts are added together: when this
 * many are waiting, and before each search. What waits is in `messages` already and cannot be lost.
 */
const WAITING_MAX = 64;
/** Texts in memory at a time. */
const CHUNK = 1_000;
/** Of an older history, before each search and with each lot of new texts: what nobody waits for noticeably. */
const OLDER_PER_SEARCH = 2_000;
const OLDER_PER_LOT = 128;

/**
 * Which messages hold which words. Two numbers tell what is in it: arrivals above `index-from` up to `index-to`.
 * Messages that an earlier release added are above, a history from before there was this index is below.
 */
export interface SearchIndex {
  /** In the transaction that stores the message with this arrival number. */
  noteAdded(arrival: number): void;
  /** In the transaction that removes a message or changes its text, after it did. */
  noteChanged(): void;
  /**
   * Adds everything new and some of what is older, by itself or within the caller's transaction. Answers false where
   * there was no room for it: then the texts above `to` wait.
   */
  catchUp(): boolean;
  /** The arrival number up to which every new text is in the index. */
  to(): number;
  /** The highest arrival number below which there may be messages that are not in the index yet. */
  from(): number;
}

interface TextRow {
  readonly arrival: number;
  readonly conversation: number;
  readonly text: string | null;
}

export const createSearchIndex = (db: SqlConnection): SearchIndex => {
  const earlierIndex = createEarlierIndex(db);
  const read = (name: 'index-from' | 'index-to' | 'indexed'): number =>
    db.row<{ value: number }>('SELECT value FROM counters WHERE name = ?', [name])?.value ?? 0;
  const write = (name: 'index-from' | 'index-to', value: number): void =>
    void db.run('UPDATE counters SET value = ? WHERE name = ?', [value, name]);

  const add = ({ arrival, conversation, text }: TextRow): void => {
    if (text === null) return;
    db.run('INSERT INTO message_index (rowid, tokens) VALUES (?, ?)', [arrival, tokensOf(text, conversation)]);
  };

  const takeOut = ({ arrival, conversation, text }: TextRow): void => {
    if (text === null) return;
    const tokens = tokensOf(text, conversation);
    db.run(`INSERT INTO message_index (message_index, rowid, tokens) VALUES ('delete', ?, ?)`, [arrival, tokens]);
  };

  /** Takes out what was removed or replaced, and puts in what it was replaced by. */
  const settleChanges = (): void => {
    const changed = db.rows<TextRow>('SELECT arrival, conversation, text FROM index_removals ORDER BY arrival');
    if (changed.length === 0) return;
    const [from, to] = [read('index-from'), read('index-to')];
    for (const before of changed) {
      const now = db.row<TextRow>('SELECT arrival, conversation, text FROM messages WHERE arrival = ?', [
        before.arrival,
      ]);
      if (now !== undefined) earlierIndex.replace(before.arrival, before.text, now.text);
      if (before.arrival <= from || before.arrival > to) continue;
      takeOut(before);
      if (now !== undefined) add(now);
    }
    db.run('DELETE FROM index_removals');
  };

  const addNew = (): void => {
    settleChanges();
    for (;;) {
      const rows = db.rows<TextRow>(
        `SELECT arrival, conversation, text FROM messages WHERE arrival > ? AND text IS NOT NULL
          ORDER BY arrival LIMIT ${CHUNK}`,
        [read('index-to')],
      );
      rows.forEach(add);
      const last = rows[CHUNK - 1];
      if (last === undefined) break;
      write('index-to', last.arrival);
    }
    db.run(`UPDATE counters SET value = (SELECT value FROM counters WHERE name = 'arrival') WHERE name = 'index-to'`);
  };

  /** The newest of what is older, oldest first, because FTS5 begins a new segment where row ids go down. */
  const addOlder = (limit: number): void => {
    const rows = db.rows<TextRow>(
      'SELECT arrival, conversation, text FROM messages WHERE arrival <= ? ORDER BY arrival DESC LIMIT ?',
      [read('index-from'), limit],
    );
    const oldest = rows.at(-1);
    if (oldest === undefined) return;
    rows.reverse().forEach(add);
    write('index-from', oldest.arrival - 1);
  };

  return {
    noteAdded(arrival) {
      if (arrival - read('index-to') < WAITING_MAX) return;
      addNew();
      addOlder(OLDER_PER_LOT);
    },

    noteChanged: settleChanges,

    catchUp() {
      try {
        db.atomically(() => {
          addNew();
          addOlder(OLDER_PER_SEARCH);
        });
        return true;
      } catch (thrown) {
        if (!(thrown instanceof DatabaseError && thrown.failure.tag === 'full')) throw thrown;
        return false;
      }
    },

    to: () => read('index-to'),
    from: () => read('index-from'),
  };
};

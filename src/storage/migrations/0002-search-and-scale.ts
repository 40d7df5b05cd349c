import type { Migration } from './migration.ts';

/**
 * A full-text index with more to it than SQLite's own words, and places for what messages will carry.
 *
 * A release that knows schema 1 only goes on filling `message_text`, which is not filled here any more, and catches up
 * with it by `counters.indexed`. What it does to messages reaches the new index by triggers and by the two counters
 * below, so that nothing is left out of it and nothing deleted stays in it (docs/protocol/database-file.md, "Search").
 */
export const searchAndScale: Migration = {
  version: 2,
  minReader: 1,
  statements: [
    // Tokens are made by src/storage/search; detail=none: only which messages hold one, newest first is all that counts.
    `CREATE VIRTUAL TABLE message_index USING fts5 (
      tokens,
      content = '',
      columnsize = 0,
      detail = 'none',
      tokenize = "ascii tokenchars '#^'"
    )`,
    `INSERT INTO message_index (message_index, rank) VALUES ('secure-delete', 1)`,
    `INSERT INTO message_index (message_index, rank) VALUES ('pgsz', 4000)`,

    // Arrivals above \`index-from\` up to \`index-to\` are in the index. What came before this schema is added downward,
    // and so will be imported history, whose numbers go down.
    `INSERT INTO counters SELECT 'index-from', value FROM counters WHERE name = 'arrival'`,
    `INSERT INTO counters SELECT 'index-to', value FROM counters WHERE name = 'arrival'`,
    `INSERT INTO counters SELECT 'messages', count(*) FROM messages`,

    // Texts that were removed or replaced, until their tokens are taken out of the index: in the same transaction, unless
    // an earlier release did it.
    `CREATE TABLE index_removals (
      arrival INTEGER PRIMARY KEY,
      conversation INTEGER NOT NULL,
      text TEXT
    ) STRICT`,

    // One row for each emoji of an account; \`is_set\` 0 keeps the time of a withdrawal: the last writer wins.
    `CREATE TABLE reactions (
      arrival INTEGER NOT NULL,
      account_id BLOB NOT NULL,
      emoji TEXT NOT NULL,
      is_set INTEGER NOT NULL,
      hlc_wall INTEGER NOT NULL,
      hlc_counter INTEGER NOT NULL,
      PRIMARY KEY (arrival, account_id, emoji)
    ) STRICT, WITHOUT ROWID`,
    // The newest edit of a message, whose text stands in \`messages\`. Earlier texts are not kept.
    `CREATE TABLE edits (
      arrival INTEGER PRIMARY KEY,
      hlc_wall INTEGER NOT NULL,
      hlc_counter INTEGER NOT NULL,
      edited_at INTEGER NOT NULL
    ) STRICT`,
    // The file itself is sealed under its own key and lies elsewhere; \`preview\` is small enough for a row.
    `CREATE TABLE attachments (
      arrival INTEGER NOT NULL,
      number INTEGER NOT NULL,
      blob_id BLOB NOT NULL,
      file_key BLOB NOT NULL,
      name TEXT NOT NULL,
      media_type TEXT NOT NULL,
      bytes INTEGER NOT NULL,
      state TEXT NOT NULL,
      preview BLOB,
      PRIMARY KEY (arrival, number)
    ) STRICT, WITHOUT ROWID`,
    `CREATE INDEX attachments_by_blob ON attachments (blob_id)`,

    `CREATE TRIGGER message_added AFTER INSERT ON messages BEGIN
      UPDATE counters SET value = value + 1 WHERE name = 'messages';
    END`,
    `CREATE TRIGGER message_removed AFTER DELETE ON messages BEGIN
      UPDATE counters SET value = value - 1 WHERE name = 'messages';
      INSERT OR IGNORE INTO index_removals VALUES (old.arrival, old.conversation, old.text);
      DELETE FROM reactions WHERE arrival = old.arrival;
      DELETE FROM edits WHERE arrival = old.arrival;
      DELETE FROM attachments WHERE arrival = old.arrival;
    END`,
    // The first of several texts is the one that the index holds.
    `CREATE TRIGGER message_edited AFTER UPDATE OF text ON messages WHEN old.text IS NOT new.text BEGIN
      INSERT OR IGNORE INTO index_removals VALUES (old.arrival, old.conversation, old.text);
    END`,

    // All that wait, without a look at what waits for its receipt.
    `CREATE INDEX outbox_waiting ON outbox (state, arrival) WHERE state <> 'accepted'`,
    `CREATE INDEX outbox_unreceipted ON outbox (accepted_at, id) WHERE state = 'accepted' AND class = 'message'`,
    `CREATE INDEX conversations_requested ON conversations (sort_at, id) WHERE state = 'requested'`,
  ],
};

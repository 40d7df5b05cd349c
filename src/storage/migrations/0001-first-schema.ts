import type { Migration } from './migration.ts';

/**
 * Everything a device remembers. Times are milliseconds since 1970 UTC. Ids are blobs. `arrival` is the number under
 * which a message came to this device, from 2^40 upward (imported history: downward); it is also the row id of the
 * full-text index (docs/protocol/database-file.md, "Tables").
 */
export const firstSchema: Migration = {
  version: 1,
  minReader: 1,
  statements: [
    `CREATE TABLE settings (
      key TEXT PRIMARY KEY,
      value BLOB NOT NULL
    ) STRICT, WITHOUT ROWID`,

    // One page for the numbers that change with every message: a commit pays for each page it touches.
    `CREATE TABLE counters (
      name TEXT PRIMARY KEY,
      value INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID`,
    `INSERT INTO counters VALUES ('arrival', ${2 ** 40}), ('imported', ${2 ** 40}), ('pending', 0),
      ('indexed', ${2 ** 40})`,

    `CREATE TABLE own_account (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      account_id BLOB,
      device_index INTEGER,
      name TEXT NOT NULL,
      handle TEXT,
      handle_counter INTEGER NOT NULL DEFAULT 0,
      chain BLOB,
      chain_head BLOB,
      relay_id BLOB
    ) STRICT`,

    `CREATE TABLE device_keys (
      name TEXT PRIMARY KEY,
      public_key BLOB NOT NULL,
      wrapped BLOB NOT NULL,
      created_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID`,

    `CREATE TABLE relays (
      relay_id BLOB PRIMARY KEY,
      url TEXT NOT NULL,
      public_key BLOB,
      mailbox_id BLOB,
      incarnation BLOB,
      fetch_token BLOB,
      fetch_token_expires_at INTEGER
    ) STRICT, WITHOUT ROWID`,

    // v of docs/protocol/sync.md, "Device checkpoint".
    `CREATE TABLE checkpoint (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      confirmed BLOB,
      pending BLOB
    ) STRICT`,
    `CREATE TABLE checkpoint_ring (
      number INTEGER PRIMARY KEY,
      value BLOB NOT NULL
    ) STRICT`,

    `CREATE TABLE contacts (
      id INTEGER PRIMARY KEY,
      account_id BLOB NOT NULL UNIQUE,
      sort_name TEXT NOT NULL,
      given_name TEXT,
      profile_name TEXT,
      handle TEXT,
      note TEXT NOT NULL DEFAULT '',
      relay_id BLOB,
      chain BLOB NOT NULL,
      chain_head BLOB NOT NULL,
      verified_head BLOB,
      verified_at INTEGER,
      blocked_at INTEGER,
      added_at INTEGER
    ) STRICT`,
    `CREATE INDEX contacts_by_name ON contacts (sort_name, id) WHERE added_at IS NOT NULL`,

    `CREATE TABLE conversations (
      id INTEGER PRIMARY KEY,
      conversation_id BLOB NOT NULL UNIQUE,
      kind TEXT NOT NULL,
      state TEXT NOT NULL,
      title TEXT NOT NULL DEFAULT '',
      peer BLOB,
      generation INTEGER NOT NULL DEFAULT 0,
      group_id BLOB,
      sort_at INTEGER NOT NULL,
      pinned_at INTEGER,
      archived_at INTEGER,
      muted_until INTEGER,
      unread_count INTEGER NOT NULL DEFAULT 0,
      read_generation INTEGER NOT NULL DEFAULT -1,
      read_sequence INTEGER NOT NULL DEFAULT -1,
      last_arrival INTEGER,
      draft TEXT NOT NULL DEFAULT '',
      draft_at INTEGER,
      created_at INTEGER NOT NULL
    ) STRICT`,
    `CREATE INDEX conversations_by_time ON conversations (sort_at, id)`,
    `CREATE UNIQUE INDEX conversations_by_peer ON conversations (peer) WHERE peer IS NOT NULL`,

    // A device of an account, as MLS names senders. Small numbers stand for 36 bytes in every message row.
    `CREATE TABLE authors (
      id INTEGER PRIMARY KEY,
      account_id BLOB NOT NULL,
      device_index INTEGER NOT NULL,
      UNIQUE (account_id, device_index)
    ) STRICT`,

    // Clustered by conversation and position, so that a screen of messages is two or three neighbouring pages.
    // \`place\`: 0 for the message at this position, below 0 for notices that the app wrote before it.
    `CREATE TABLE messages (
      conversation INTEGER NOT NULL,
      generation INTEGER NOT NULL,
      sequence INTEGER NOT NULL,
      place INTEGER NOT NULL DEFAULT 0,
      arrival INTEGER NOT NULL,
      message_id BLOB NOT NULL,
      author INTEGER NOT NULL,
      is_mine INTEGER NOT NULL,
      kind INTEGER NOT NULL,
      format INTEGER NOT NULL,
      text TEXT,
      body BLOB,
      hlc_wall INTEGER NOT NULL,
      hlc_counter INTEGER NOT NULL,
      sent_at INTEGER NOT NULL,
      relay_at INTEGER,
      stored_at INTEGER NOT NULL,
      delivery TEXT,
      failure TEXT,
      PRIMARY KEY (conversation, generation, sequence, place)
    ) STRICT, WITHOUT ROWID`,
    `CREATE UNIQUE INDEX messages_by_arrival ON messages (arrival)`,

    // Every message ever seen, also after it was deleted: a repeat is recognised for ever.
    `CREATE TABLE message_ids (
      message_id BLOB NOT NULL,
      author INTEGER NOT NULL,
      arrival INTEGER NOT NULL,
      PRIMARY KEY (message_id, author)
    ) STRICT, WITHOUT ROWID`,

    // External content: the text rests once, in \`messages\`. pgsz leaves room for the record's header in a 4,056-byte page.
    `CREATE VIRTUAL TABLE message_text USING fts5 (
      text,
      content = 'messages',
      content_rowid = 'arrival',
      prefix = '2 3',
      tokenize = "unicode61 remove_diacritics 2"
    )`,
    `INSERT INTO message_text (message_text, rank) VALUES ('secure-delete', 1)`,
    `INSERT INTO message_text (message_text, rank) VALUES ('pgsz', 4000)`,

    `CREATE TABLE receipts (
      arrival INTEGER NOT NULL,
      author INTEGER NOT NULL,
      kind TEXT NOT NULL,
      at INTEGER NOT NULL,
      PRIMARY KEY (arrival, author, kind)
    ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE receipts_owed (
      conversation INTEGER NOT NULL,
      arrival INTEGER NOT NULL,
      PRIMARY KEY (conversation, arrival)
    ) STRICT, WITHOUT ROWID`,

    `CREATE TABLE outbox (
      id INTEGER PRIMARY KEY,
      conversation INTEGER NOT NULL,
      class TEXT NOT NULL,
      kind INTEGER NOT NULL,
      message_id BLOB,
      arrival INTEGER,
      payload BLOB NOT NULL,
      state TEXT NOT NULL,
      sealed BLOB,
      deposit_id BLOB,
      group_id BLOB,
      base INTEGER,
      head INTEGER,
      accepted_sequence INTEGER,
      accepted_at INTEGER,
      attempt INTEGER NOT NULL DEFAULT 0,
      next_attempt_at INTEGER NOT NULL,
      created_at INTEGER NOT NULL
    ) STRICT`,
    `CREATE INDEX outbox_due ON outbox (next_attempt_at, id) WHERE state <> 'accepted'`,
    `CREATE INDEX outbox_by_message ON outbox (message_id) WHERE message_id IS NOT NULL`,

    `CREATE TABLE groups (
      id INTEGER PRIMARY KEY,
      group_id BLOB NOT NULL UNIQUE,
      conversation INTEGER NOT NULL,
      generation INTEGER NOT NULL,
      previous_group BLOB,
      engine TEXT NOT NULL,
      engine_version INTEGER NOT NULL,
      epoch INTEGER NOT NULL,
      base INTEGER NOT NULL,
      head INTEGER NOT NULL,
      capability BLOB,
      standing TEXT NOT NULL,
      own_counter INTEGER NOT NULL DEFAULT 0,
      hot BLOB NOT NULL
    ) STRICT`,
    `CREATE INDEX groups_by_conversation ON groups (conversation, generation)`,
    // The tree and what else changes only with the epoch: up to 219 KB at 500 devices, against a hot state of 326 B at 2.
    `CREATE TABLE group_trees (
      group_row INTEGER PRIMARY KEY,
      cold BLOB NOT NULL
    ) STRICT`,
    `CREATE TABLE group_senders (
      group_row INTEGER NOT NULL,
      leaf INTEGER NOT NULL,
      next_counter INTEGER NOT NULL,
      missing BLOB,
      PRIMARY KEY (group_row, leaf)
    ) STRICT, WITHOUT ROWID`,

    `CREATE TABLE key_packages (
      ref BLOB PRIMARY KEY,
      public_bytes BLOB NOT NULL,
      private_bytes BLOB NOT NULL,
      is_last_resort INTEGER NOT NULL,
      created_at INTEGER NOT NULL,
      published_at INTEGER,
      claimed_at INTEGER
    ) STRICT, WITHOUT ROWID`,

    `CREATE TABLE held_envelopes (
      id INTEGER PRIMARY KEY,
      reason TEXT NOT NULL,
      group_id BLOB NOT NULL,
      class TEXT NOT NULL,
      sequence INTEGER NOT NULL,
      relay_at INTEGER NOT NULL,
      envelope BLOB NOT NULL,
      from_account BLOB,
      held_at INTEGER NOT NULL
    ) STRICT`,
    `CREATE INDEX held_by_group ON held_envelopes (group_id, sequence)`,
    `CREATE INDEX held_by_reason ON held_envelopes (reason, id)`,

    `CREATE TABLE invites (
      id BLOB PRIMARY KEY,
      secret BLOB NOT NULL,
      created_at INTEGER NOT NULL,
      expires_at INTEGER NOT NULL,
      used_at INTEGER,
      used_by BLOB
    ) STRICT, WITHOUT ROWID`,
  ],
};

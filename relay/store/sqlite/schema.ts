/**
 * One database file. Tables that grow by appending keep SQLite's rowid and find by a unique index: measured at three
 * times the deposits of a clustered key.
 */
export const SCHEMA_VERSION = 2;

export const SCHEMA = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;

CREATE TABLE accounts (
  account_id BLOB PRIMARY KEY,
  head BLOB NOT NULL,
  handle_counter INTEGER NOT NULL DEFAULT -1
) STRICT;
CREATE TABLE entries (
  id INTEGER PRIMARY KEY,
  account_id BLOB NOT NULL,
  sequence INTEGER NOT NULL,
  hash BLOB NOT NULL,
  entry BLOB NOT NULL,
  voided INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX entries_by_account ON entries (account_id, sequence);
CREATE TABLE devices (
  mailbox_id BLOB PRIMARY KEY,
  account_id BLOB NOT NULL,
  device_index INTEGER NOT NULL,
  mailbox_key BLOB NOT NULL,
  signature_key BLOB NOT NULL,
  active INTEGER NOT NULL DEFAULT 1,
  next_cursor INTEGER NOT NULL DEFAULT 1,
  checkpoint BLOB
) STRICT;
CREATE INDEX devices_by_account ON devices (account_id, device_index);
CREATE TABLE handles (
  handle TEXT PRIMARY KEY,
  account_id BLOB NOT NULL,
  claim BLOB,
  released_at INTEGER
) STRICT;
CREATE INDEX handles_by_account ON handles (account_id);

CREATE TABLE sessions (
  token_hash BLOB PRIMARY KEY,
  mailbox_id BLOB NOT NULL,
  purpose TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_mailbox ON sessions (mailbox_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- A claimed package leaves its hash behind, so that a repeated publication cannot bring it back.
CREATE TABLE key_packages (
  id INTEGER PRIMARY KEY,
  mailbox_id BLOB NOT NULL,
  hash BLOB NOT NULL,
  package BLOB,
  claimed_at INTEGER,
  UNIQUE (mailbox_id, hash)
) STRICT;
CREATE INDEX key_packages_claimed ON key_packages (claimed_at) WHERE claimed_at IS NOT NULL;
CREATE TABLE last_resort_packages (mailbox_id BLOB PRIMARY KEY, package BLOB NOT NULL) STRICT;
CREATE TABLE welcome_tokens (
  token_hash BLOB PRIMARY KEY,
  mailbox_id BLOB NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX welcome_tokens_by_expiry ON welcome_tokens (expires_at);

CREATE TABLE groups (
  group_id BLOB PRIMARY KEY,
  next_sequence INTEGER NOT NULL,
  newest INTEGER NOT NULL
) STRICT;
CREATE TABLE commit_rows (
  id INTEGER PRIMARY KEY,
  group_id BLOB NOT NULL,
  sequence INTEGER NOT NULL,
  committer BLOB NOT NULL,
  capability_hash BLOB NOT NULL,
  time INTEGER NOT NULL,
  row BLOB NOT NULL,
  signature BLOB NOT NULL,
  UNIQUE (group_id, sequence)
) STRICT;
CREATE INDEX commit_rows_by_time ON commit_rows (time);
CREATE TABLE row_recipients (
  group_id BLOB NOT NULL,
  sequence INTEGER NOT NULL,
  mailbox_id BLOB NOT NULL,
  standing TEXT,
  PRIMARY KEY (group_id, sequence, mailbox_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE pins (
  group_id BLOB NOT NULL,
  mailbox_id BLOB NOT NULL,
  sequence INTEGER NOT NULL,
  PRIMARY KEY (group_id, mailbox_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX pins_by_mailbox ON pins (mailbox_id);
CREATE TABLE departures (
  group_id BLOB NOT NULL,
  mailbox_id BLOB NOT NULL,
  PRIMARY KEY (group_id, mailbox_id)
) STRICT, WITHOUT ROWID;

-- A body is stored once; it goes when the last mailbox that refers to it acknowledged it or when it expires.
CREATE TABLE bodies (
  id INTEGER PRIMARY KEY,
  group_id BLOB NOT NULL,
  sequence INTEGER NOT NULL,
  class TEXT NOT NULL,
  time INTEGER NOT NULL,
  expires_at INTEGER,
  mailboxes INTEGER NOT NULL,
  envelope BLOB NOT NULL
) STRICT;
CREATE INDEX bodies_by_expiry ON bodies (expires_at) WHERE expires_at IS NOT NULL;
CREATE TABLE inbox (
  id INTEGER PRIMARY KEY,
  mailbox_id BLOB NOT NULL,
  cursor INTEGER NOT NULL,
  body_id INTEGER NOT NULL,
  UNIQUE (mailbox_id, cursor)
) STRICT;
CREATE INDEX inbox_by_body ON inbox (body_id);
CREATE TABLE deposits (
  id INTEGER PRIMARY KEY,
  group_id BLOB NOT NULL,
  deposit_id BLOB NOT NULL,
  envelope_hash BLOB NOT NULL,
  sequence INTEGER NOT NULL,
  time INTEGER NOT NULL,
  UNIQUE (group_id, deposit_id)
) STRICT;
CREATE INDEX deposits_by_time ON deposits (time);
`;

/** Commit rows as docs/protocol/groups.md defines them: which are live, who is reached, who holds which. */
import type { MailboxId } from '../../../src/domain/ids.ts';
import type { CommitRow, SignedRow } from '../../../src/wire/relay-api.ts';
import { ROW_RULES } from '../rules.ts';
import type { SignRow, Standing } from '../store.ts';
import { toBlob, toBytes, toId, type Sql } from './sql.ts';

export type Group = { readonly next: number; readonly newest: number };

export const readGroup = (sql: Sql, groupId: Uint8Array): Group | undefined => {
  const row = sql.one<{ next_sequence: number; newest: number }>(
    'SELECT next_sequence, newest FROM groups WHERE group_id = ?',
    groupId,
  );
  return row && { next: row.next_sequence, newest: row.newest };
};

export const readRow = (
  sql: Sql,
  groupId: Uint8Array,
  sequence: number,
): { readonly capabilityHash: Uint8Array; readonly signed: SignedRow } | undefined => {
  const row = sql.one<{ capability_hash: Uint8Array; row: Uint8Array; signature: Uint8Array }>(
    'SELECT capability_hash, row, signature FROM commit_rows WHERE group_id = ? AND sequence = ?',
    groupId,
    sequence,
  );
  return row && { capabilityHash: row.capability_hash, signed: toSignedRow(row) };
};

export const toSignedRow = (row: { row: Uint8Array; signature: Uint8Array }): SignedRow => ({
  row: toBytes(row.row),
  signature: toBytes(row.signature),
});

export const writeRow = (
  sql: Sql,
  row: Omit<CommitRow, 'incarnation'>,
  made: {
    readonly committer: MailboxId;
    readonly nowMs: number;
    readonly incarnation: Uint8Array<ArrayBuffer>;
    readonly sign: SignRow;
  },
): SignedRow => {
  const groupId = toBlob(row.groupId);
  const signed = made.sign({ ...row, incarnation: made.incarnation });
  sql.run(
    `INSERT INTO commit_rows (group_id, sequence, committer, capability_hash, time, row, signature)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    groupId,
    row.sequence,
    toBlob(made.committer),
    row.capabilityHash,
    made.nowMs,
    signed.row,
    signed.signature,
  );
  for (const mailboxId of row.recipients) {
    sql.run(
      'INSERT INTO row_recipients (group_id, sequence, mailbox_id) VALUES (?, ?, ?)',
      groupId,
      row.sequence,
      toBlob(mailboxId),
    );
  }
  return signed;
};

/** Live: a recipient pins it, or it is younger than 90 days and a recipient did not acknowledge it yet. */
export const isLive = (sql: Sql, groupId: Uint8Array, sequence: number, nowMs: number): boolean =>
  sql.one(
    `SELECT 1 FROM pins JOIN row_recipients USING (group_id, sequence, mailbox_id)
     WHERE group_id = ? AND sequence = ? LIMIT 1`,
    groupId,
    sequence,
  ) !== undefined ||
  sql.one(
    `SELECT 1 FROM commit_rows JOIN row_recipients USING (group_id, sequence)
     WHERE group_id = ? AND sequence = ? AND time > ? AND standing IS NULL LIMIT 1`,
    groupId,
    sequence,
    nowMs - ROW_RULES.unpinnedRowMs,
  ) !== undefined;

export const liveSequences = (sql: Sql, groupId: Uint8Array, nowMs: number): readonly number[] =>
  sql
    .all<{ sequence: number }>('SELECT sequence FROM commit_rows WHERE group_id = ? ORDER BY sequence', groupId)
    .map(({ sequence }) => sequence)
    .filter((sequence) => isLive(sql, groupId, sequence, nowMs));

export const readRecipients = (sql: Sql, groupId: Uint8Array, sequence: number): readonly MailboxId[] =>
  sql
    .all<{ mailbox_id: Uint8Array }>(
      'SELECT mailbox_id FROM row_recipients WHERE group_id = ? AND sequence = ?',
      groupId,
      sequence,
    )
    .map(({ mailbox_id: mailboxId }) => toId<MailboxId>(mailboxId));

export const isRecipient = (sql: Sql, groupId: Uint8Array, sequence: number, mailboxId: Uint8Array): boolean =>
  sql.one(
    'SELECT 1 FROM row_recipients WHERE group_id = ? AND sequence = ? AND mailbox_id = ?',
    groupId,
    sequence,
    mailboxId,
  ) !== undefined;

export const setStanding = (
  sql: Sql,
  groupId: Uint8Array,
  sequence: number,
  mailboxId: Uint8Array,
  standing: Standing,
): void => {
  sql.run(
    'UPDATE row_recipients SET standing = ? WHERE group_id = ? AND sequence = ? AND mailbox_id = ?',
    standing,
    groupId,
    sequence,
    mailboxId,
  );
};

/** The one row that the mailbox says it stands on. */
export const pin = (sql: Sql, groupId: Uint8Array, mailboxId: Uint8Array, sequence: number): void => {
  sql.run(
    `INSERT INTO pins (group_id, mailbox_id, sequence) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET sequence = excluded.sequence`,
    groupId,
    mailboxId,
    sequence,
  );
};

export const hasPin = (sql: Sql, groupId: Uint8Array, mailboxId: Uint8Array): boolean =>
  sql.one('SELECT 1 FROM pins WHERE group_id = ? AND mailbox_id = ?', groupId, mailboxId) !== undefined;

/** Ascending, so that one set of recipients has one encoding. */
export const sortedRecipients = (recipients: readonly MailboxId[]): readonly MailboxId[] => [...recipients].sort();

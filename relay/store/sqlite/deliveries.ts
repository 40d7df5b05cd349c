import type { DepositId, GroupId, MailboxId } from '../../../src/domain/ids.ts';
import type { EnvelopeClass } from '../../../src/wire/envelope.ts';
import { toBlob, type Sql } from './sql.ts';

export type Body = {
  readonly groupId: GroupId;
  readonly sequence: number;
  readonly class: EnvelopeClass;
  readonly timeMs: number;
  /** Absent: kept until acknowledged. */
  readonly expiresAtMs?: number;
  readonly envelope: Uint8Array;
};

/** Stores the body once and refers to it from each mailbox. Answers the mailboxes that got it. */
export const deliver = (sql: Sql, body: Body, mailboxes: readonly MailboxId[]): readonly MailboxId[] => {
  const groupId = toBlob(body.groupId);
  const reached = mailboxes.flatMap((mailboxId) => {
    const cursor = nextCursor(sql, groupId, toBlob(mailboxId));
    return cursor === undefined ? [] : [{ mailboxId, cursor }];
  });
  if (reached.length === 0) return [];
  const stored = sql.one<{ id: number }>(
    `INSERT INTO bodies (group_id, sequence, class, time, expires_at, mailboxes, envelope)
     VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id`,
    groupId,
    body.sequence,
    body.class,
    body.timeMs,
    body.expiresAtMs ?? null,
    reached.length,
    body.envelope,
  );
  if (stored === undefined) throw new Error('an insert answers its row');
  for (const { mailboxId, cursor } of reached) {
    sql.run('INSERT INTO inbox (mailbox_id, cursor, body_id) VALUES (?, ?, ?)', toBlob(mailboxId), cursor, stored.id);
  }
  return reached.map(({ mailboxId }) => mailboxId);
};

/** Taken inside the transaction that fills it. `undefined`: the mailbox ended, or left this group. */
const nextCursor = (sql: Sql, groupId: Uint8Array, mailboxId: Uint8Array): number | undefined => {
  if (hasLeft(sql, groupId, mailboxId)) return undefined;
  return sql.one<{ cursor: number }>(
    `UPDATE devices SET next_cursor = next_cursor + 1 WHERE mailbox_id = ? AND active = 1
     RETURNING next_cursor - 1 AS cursor`,
    mailboxId,
  )?.cursor;
};

export const hasLeft = (sql: Sql, groupId: Uint8Array, mailboxId: Uint8Array): boolean =>
  sql.one('SELECT 1 FROM departures WHERE group_id = ? AND mailbox_id = ?', groupId, mailboxId) !== undefined;

export type FirstAnswer = { readonly sequence: number; readonly timeMs: number; readonly envelopeHash: Uint8Array };

/** What was answered to this deposit id before, so that a repeated request changes nothing. */
export const readFirstAnswer = (sql: Sql, groupId: Uint8Array, depositId: DepositId): FirstAnswer | undefined => {
  const row = sql.one<{ sequence: number; time: number; envelope_hash: Uint8Array }>(
    'SELECT sequence, time, envelope_hash FROM deposits WHERE group_id = ? AND deposit_id = ?',
    groupId,
    toBlob(depositId),
  );
  return row && { sequence: row.sequence, timeMs: row.time, envelopeHash: row.envelope_hash };
};

export const writeFirstAnswer = (sql: Sql, groupId: Uint8Array, depositId: DepositId, answer: FirstAnswer): void => {
  sql.run(
    'INSERT INTO deposits (group_id, deposit_id, envelope_hash, sequence, time) VALUES (?, ?, ?, ?, ?)',
    groupId,
    toBlob(depositId),
    answer.envelopeHash,
    answer.sequence,
    answer.timeMs,
  );
};

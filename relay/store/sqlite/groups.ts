import { err, ok, type Result } from '../../../src/domain/result.ts';
import { equalBytes } from '../../../src/crypto/bytes.ts';
import type { SignedRow } from '../../../src/wire/relay-api.ts';
import type {
  Accepted,
  Bytes,
  Conflict,
  Deposit,
  Forbidden,
  GroupStore,
  NotFound,
  Stale,
  TooMany,
  WaitingLimits,
} from '../store.ts';
import { FULL_MAILBOX_RETRY_MS } from '../rules.ts';
import { acceptCommit } from './commits.ts';
import { deliver, readFirstAnswer, writeFirstAnswer } from './deliveries.ts';
import type { createGroupCommit } from './group-commit.ts';
import { releaseBody } from './mailbox-end.ts';
import { isLive, pin, readGroup, readRecipients, readRow, setStanding, toSignedRow, writeRow } from './rows.ts';
import { toBlob, type Sql } from './sql.ts';
import { isAnyFull } from './waiting.ts';

const NO_COMMIT = new Uint8Array(32);

export const createGroupStore = (
  sql: Sql,
  write: ReturnType<typeof createGroupCommit>['write'],
  options: { readonly incarnation: Bytes; readonly waitingLimits: WaitingLimits },
): GroupStore => ({
  createGroup: (request) => write(() => createGroup(sql, options.incarnation, request)),
  acceptCommit: (commit) => write(() => acceptCommit(sql, options.incarnation, commit)),
  deposit: (request) => write(() => deposit(sql, request, options.waitingLimits)),
  rows: async (groupId, mailboxId, after, limit) => {
    const group = toBlob(groupId);
    const isReader =
      sql.one(
        'SELECT 1 FROM row_recipients WHERE group_id = ? AND mailbox_id = ? LIMIT 1',
        group,
        toBlob(mailboxId),
      ) !== undefined;
    if (!isReader) return err({ tag: 'not-found' });
    const found = sql.all<{ row: Uint8Array; signature: Uint8Array }>(
      'SELECT row, signature FROM commit_rows WHERE group_id = ? AND sequence > ? ORDER BY sequence LIMIT ?',
      group,
      after,
      limit,
    );
    return ok(found.map(toSignedRow));
  },
  leaveGroup: (groupId, mailboxId) => write(() => leaveGroup(sql, toBlob(groupId), toBlob(mailboxId))),
});

const createGroup = (
  sql: Sql,
  incarnation: Bytes,
  request: Parameters<GroupStore['createGroup']>[0],
): Result<SignedRow, { tag: 'conflict' }> => {
  const groupId = toBlob(request.groupId);
  if (readGroup(sql, groupId) !== undefined) {
    const first = readRow(sql, groupId, 0);
    const isMine = readRecipients(sql, groupId, 0).includes(request.creator);
    return first !== undefined && isMine && equalBytes(first.capabilityHash, request.capabilityHash)
      ? ok(first.signed)
      : err({ tag: 'conflict' });
  }
  sql.run('INSERT INTO groups (group_id, next_sequence, newest) VALUES (?, 1, 0)', groupId);
  const row = writeRow(
    sql,
    {
      groupId: request.groupId,
      sequence: 0,
      commitHash: NO_COMMIT,
      base: 0,
      recipients: [request.creator],
      capabilityHash: request.capabilityHash,
    },
    { committer: request.creator, nowMs: request.nowMs, incarnation, sign: request.sign },
  );
  // Nothing of row 0 is delivered, so nothing will be acknowledged: its creator stands on it from the start.
  setStanding(sql, groupId, 0, toBlob(request.creator), 'applied');
  pin(sql, groupId, toBlob(request.creator), 0);
  return ok(row);
};

/** In this order: a known deposit id, the capability, the base, room for it (docs/protocol/groups.md, "Deposits"). */
const deposit = (
  sql: Sql,
  request: Deposit,
  waitingLimits: WaitingLimits,
): Result<Accepted, Conflict | NotFound | Stale | Forbidden | TooMany> => {
  const groupId = toBlob(request.groupId);
  const group = readGroup(sql, groupId);
  if (group === undefined) return err({ tag: 'not-found' });
  const conflict = { tag: 'conflict', newest: group.newest } as const;

  const first = readFirstAnswer(sql, groupId, request.depositId);
  if (first !== undefined) {
    return equalBytes(first.envelopeHash, request.envelopeHash)
      ? ok({ sequence: first.sequence, timeMs: first.timeMs, wake: [] })
      : err(conflict);
  }
  if (!request.isDepositIdFresh) return err({ tag: 'stale' });

  const base = readRow(sql, groupId, request.base);
  if (base === undefined || !equalBytes(base.capabilityHash, request.capabilityHash)) {
    // The base may be gone, or be another branch's: whoever can open any row may know the newest.
    return opensAnyRow(sql, groupId, request.capabilityHash)
      ? err(conflict)
      : err({ tag: 'forbidden', detail: 'the capability opens nothing here' });
  }
  if (request.head !== group.newest || !isLive(sql, groupId, request.base, request.nowMs)) return err(conflict);

  const { nowMs, envelope } = request;
  const recipients = readRecipients(sql, groupId, request.base);
  if (isAnyFull(sql, groupId, recipients, envelope.length, waitingLimits)) {
    return err({ tag: 'too-many', retryAfterMs: FULL_MAILBOX_RETRY_MS });
  }

  const sequence = group.next;
  sql.run('UPDATE groups SET next_sequence = ? WHERE group_id = ?', sequence + 1, groupId);
  writeFirstAnswer(sql, groupId, request.depositId, { sequence, timeMs: nowMs, envelopeHash: request.envelopeHash });
  const wake = deliver(
    sql,
    {
      groupId: request.groupId,
      sequence,
      class: request.class,
      timeMs: nowMs,
      expiresAtMs: nowMs + request.retentionMs,
      envelope,
    },
    recipients,
  );
  return ok({ sequence, timeMs: nowMs, wake });
};

const opensAnyRow = (sql: Sql, groupId: Uint8Array, capabilityHash: Uint8Array): boolean =>
  sql.one('SELECT 1 FROM commit_rows WHERE group_id = ? AND capability_hash = ? LIMIT 1', groupId, capabilityHash) !==
  undefined;

const leaveGroup = (sql: Sql, groupId: Uint8Array, mailboxId: Uint8Array): void => {
  const waiting = sql.all<{ id: number; body_id: number }>(
    `SELECT inbox.id, body_id FROM inbox JOIN bodies ON bodies.id = body_id
     WHERE inbox.mailbox_id = ? AND bodies.group_id = ?`,
    mailboxId,
    groupId,
  );
  for (const { id, body_id: bodyId } of waiting) {
    sql.run('DELETE FROM inbox WHERE id = ?', id);
    releaseBody(sql, bodyId);
  }
  sql.run('INSERT INTO departures VALUES (?, ?) ON CONFLICT DO NOTHING', groupId, mailboxId);
  sql.run('DELETE FROM pins WHERE group_id = ? AND mailbox_id = ?', groupId, mailboxId);
  // It will acknowledge nothing more, so no row waits for it.
  sql.run(
    "UPDATE row_recipients SET standing = 'skipped' WHERE group_id = ? AND mailbox_id = ? AND standing IS NULL",
    groupId,
    mailboxId,
  );
};

import type { MailboxId } from '../../../src/domain/ids.ts';
import { err, ok, type Result } from '../../../src/domain/result.ts';
import { equalBytes } from '../../../src/crypto/bytes.ts';
import { HOUR_MS, ROW_RULES } from '../rules.ts';
import type { Accepted, Bytes, Commit, Conflict, Forbidden, NotFound, Stale, TooMany } from '../store.ts';
import type { SignedRow } from '../../../src/wire/relay-api.ts';
import { deliver, hasLeft, readFirstAnswer, writeFirstAnswer } from './deliveries.ts';
import {
  isLive,
  isRecipient,
  liveSequences,
  readGroup,
  readRecipients,
  readRow,
  sortedRecipients,
  writeRow,
} from './rows.ts';
import { toBlob, type Sql } from './sql.ts';

type Refusal = Conflict | NotFound | Stale | Forbidden | TooMany;
type AcceptedCommit = Accepted & { readonly row: SignedRow };

/** Compare-and-set on the newest row, the new row, its recipients and the fan-out: one transaction. */
export const acceptCommit = (sql: Sql, incarnation: Bytes, commit: Commit): Result<AcceptedCommit, Refusal> => {
  const groupId = toBlob(commit.groupId);
  const group = readGroup(sql, groupId);
  if (group === undefined) return err({ tag: 'not-found' });
  const committer = toBlob(commit.committer);
  if (hasLeft(sql, groupId, committer)) return err(forbidden('this mailbox left the group'));

  const first = readFirstAnswer(sql, groupId, commit.depositId);
  if (first !== undefined) {
    const row = readRow(sql, groupId, first.sequence);
    const isSame = equalBytes(first.envelopeHash, commit.envelopeHash) && row !== undefined;
    return isSame
      ? ok({ sequence: first.sequence, timeMs: first.timeMs, row: row.signed, wake: [] })
      : err({ tag: 'conflict', newest: group.newest });
  }
  if (!commit.isDepositIdFresh) return err({ tag: 'stale' });

  // Whoever stands in no row of the group learns nothing of it, not even the newest sequence.
  if (!isMember(sql, groupId, committer)) return err(forbidden('this mailbox is in no commit of the group'));
  const isBased =
    commit.head === group.newest &&
    isLive(sql, groupId, commit.base, commit.nowMs) &&
    isRecipient(sql, groupId, commit.base, committer);
  if (!isBased) return err({ tag: 'conflict', newest: group.newest });

  const tooMany = findLimit(sql, groupId, committer, commit.nowMs);
  if (tooMany !== undefined) return err(tooMany);
  const unpaid = admitNewcomers(sql, groupId, commit);
  if (unpaid !== undefined) return err(unpaid);
  return ok(writeCommit(sql, incarnation, commit, group.next));
};

const writeCommit = (sql: Sql, incarnation: Bytes, commit: Commit, sequence: number): AcceptedCommit => {
  const groupId = toBlob(commit.groupId);
  const { nowMs } = commit;
  const reach = new Set(liveSequences(sql, groupId, nowMs).flatMap((live) => readRecipients(sql, groupId, live)));
  const row = writeRow(
    sql,
    {
      groupId: commit.groupId,
      sequence,
      commitHash: commit.envelopeHash,
      base: commit.base,
      recipients: sortedRecipients(commit.recipients),
      capabilityHash: commit.capabilityHash,
    },
    { committer: commit.committer, nowMs, incarnation, sign: commit.sign },
  );
  sql.run('UPDATE groups SET next_sequence = ?, newest = ? WHERE group_id = ?', sequence + 1, sequence, groupId);
  writeFirstAnswer(sql, groupId, commit.depositId, {
    sequence,
    timeMs: nowMs,
    envelopeHash: commit.envelopeHash,
  });
  const body = { groupId: commit.groupId, sequence, timeMs: nowMs };
  const handshake = deliver(sql, { ...body, class: 'handshake', envelope: commit.envelope }, [...reach]);
  const welcomes = [...groupByEnvelope(commit.welcomes)].flatMap(([envelope, mailboxes]) =>
    deliver(sql, { ...body, class: 'welcome', envelope, expiresAtMs: nowMs + ROW_RULES.handshakeMs }, mailboxes),
  );
  return { sequence, timeMs: nowMs, row, wake: [...handshake, ...welcomes] };
};

/** A Welcome that serves several comes as one array (relay-api.ts), so identity is enough to store it once. */
const groupByEnvelope = (welcomes: Commit['welcomes']): ReadonlyMap<Bytes, readonly MailboxId[]> => {
  const byEnvelope = new Map<Bytes, MailboxId[]>();
  for (const { envelope, mailboxId } of welcomes) {
    byEnvelope.set(envelope, [...(byEnvelope.get(envelope) ?? []), mailboxId]);
  }
  return byEnvelope;
};

const isMember = (sql: Sql, groupId: Uint8Array, mailboxId: Uint8Array): boolean =>
  sql.one(
    'SELECT 1 FROM commit_rows JOIN row_recipients USING (group_id, sequence) WHERE group_id = ? AND mailbox_id = ? LIMIT 1',
    groupId,
    mailboxId,
  ) !== undefined;

const findLimit = (sql: Sql, groupId: Uint8Array, committer: Uint8Array, nowMs: number): TooMany | undefined => {
  const mine = sql.all<{ sequence: number; time: number; pinned: number }>(
    `SELECT sequence, time, EXISTS (
       SELECT 1 FROM pins p WHERE p.group_id = r.group_id AND p.sequence = r.sequence) AS pinned
     FROM commit_rows r WHERE group_id = ? AND committer = ? AND sequence > 0 ORDER BY sequence DESC`,
    groupId,
    committer,
  );
  const ofLastHour = mine.filter(({ time }) => time > nowMs - HOUR_MS);
  const oldest = ofLastHour[ROW_RULES.handshakesPerHour - 1];
  if (oldest !== undefined) return { tag: 'too-many', retryAfterMs: oldest.time + HOUR_MS - nowMs };
  const unpinned = mine.filter((row) => row.pinned === 0 && isLive(sql, groupId, row.sequence, nowMs));
  return unpinned.length >= ROW_RULES.unpinnedRowsPerMailbox ? { tag: 'too-many', retryAfterMs: HOUR_MS } : undefined;
};

/**
 * A mailbox that is new in the recipients never asked to be reached by this group: each is paid for with a single-use
 * welcome token of its own, and gets the Welcome instead of the handshake.
 */
const admitNewcomers = (sql: Sql, groupId: Uint8Array, commit: Commit): Forbidden | undefined => {
  const recipients = new Set(commit.recipients);
  const tokens = new Map(commit.welcomes.map(({ mailboxId, tokenHash }) => [mailboxId, tokenHash]));
  if (commit.welcomes.some(({ mailboxId }) => !recipients.has(mailboxId))) {
    return forbidden('a Welcome for a mailbox that is not a recipient');
  }
  const before = new Set(readRecipients(sql, groupId, commit.base));
  const newcomers = commit.recipients.filter(
    (mailboxId) => !before.has(mailboxId) || (tokens.has(mailboxId) && hasLeft(sql, groupId, toBlob(mailboxId))),
  );
  const isPaid = (mailboxId: MailboxId): boolean => {
    const tokenHash = tokens.get(mailboxId);
    return tokenHash !== undefined && isValidToken(sql, tokenHash, mailboxId, commit.nowMs);
  };
  // Judged whole before any token is spent: a refusal writes nothing.
  if (!newcomers.every(isPaid)) return forbidden('a new recipient without its welcome token');
  for (const mailboxId of newcomers) {
    sql.run('DELETE FROM welcome_tokens WHERE token_hash = ?', tokens.get(mailboxId) ?? null);
    sql.run('DELETE FROM departures WHERE group_id = ? AND mailbox_id = ?', groupId, toBlob(mailboxId));
  }
  return undefined;
};

const isValidToken = (sql: Sql, tokenHash: Bytes, mailboxId: MailboxId, nowMs: number): boolean =>
  sql.one(
    'SELECT 1 FROM welcome_tokens WHERE token_hash = ? AND mailbox_id = ? AND expires_at > ?',
    tokenHash,
    toBlob(mailboxId),
    nowMs,
  ) !== undefined;

const forbidden = (detail: string): Forbidden => ({ tag: 'forbidden', detail });

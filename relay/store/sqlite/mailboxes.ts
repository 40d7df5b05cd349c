import type { MailboxId } from '../../../src/domain/ids.ts';
import { equalBytes } from '../../../src/crypto/bytes.ts';
import { ROW_RULES } from '../rules.ts';
import type { InboxEntry, MailboxStore, Standing } from '../store.ts';
import type { createGroupCommit } from './group-commit.ts';
import { releaseBody } from './mailbox-end.ts';
import { hasPin, pin, setStanding, toSignedRow } from './rows.ts';
import { toBlob, toBytes, toId, type Sql } from './sql.ts';

export const createMailboxStore = (sql: Sql, write: ReturnType<typeof createGroupCommit>['write']): MailboxStore => ({
  fetch: async (request) => fetchItems(sql, request),
  acknowledge: (mailboxId, items) =>
    write(() => {
      for (const { cursor, standing } of items) acknowledgeOne(sql, toBlob(mailboxId), cursor, standing);
    }),
  checkpoint: (mailboxId, swap) => write(() => swapCheckpoint(sql, mailboxId, swap)),
});

type ItemColumns = {
  cursor: number;
  group_id: Uint8Array;
  sequence: number;
  time: number;
  envelope: Uint8Array;
  row: Uint8Array | null;
  signature: Uint8Array | null;
};

const fetchItems = (
  sql: Sql,
  request: Parameters<MailboxStore['fetch']>[0],
): { readonly items: readonly InboxEntry[]; readonly more: boolean } => {
  const found = sql.all<ItemColumns>(
    `SELECT cursor, bodies.group_id, bodies.sequence, bodies.time, envelope, row, signature
     FROM inbox JOIN bodies ON bodies.id = body_id
     LEFT JOIN commit_rows ON class IN ('handshake', 'welcome')
       AND commit_rows.group_id = bodies.group_id AND commit_rows.sequence = bodies.sequence
     WHERE mailbox_id = ? AND cursor > ? AND (expires_at IS NULL OR expires_at > ?)
     ORDER BY cursor LIMIT ?`,
    toBlob(request.mailboxId),
    request.after,
    request.nowMs,
    request.limit + 1,
  );
  const items: InboxEntry[] = [];
  let size = 0;
  for (const item of found.slice(0, request.limit)) {
    size += item.envelope.length + (item.row?.length ?? 0);
    if (items.length > 0 && size > request.maxBytes) break;
    items.push(toItem(item));
  }
  return { items, more: items.length < found.length };
};

const toItem = (item: ItemColumns): InboxEntry => ({
  cursor: item.cursor,
  groupId: toId(item.group_id),
  sequence: item.sequence,
  timeMs: item.time,
  envelope: toBytes(item.envelope),
  ...(item.row !== null &&
    item.signature !== null && { row: toSignedRow({ row: item.row, signature: item.signature }) }),
});

const acknowledgeOne = (sql: Sql, mailboxId: Uint8Array, cursor: number, standing: Standing): void => {
  const item = sql.one<{ id: number; body_id: number; group_id: Uint8Array; sequence: number; class: string }>(
    `SELECT inbox.id, body_id, group_id, sequence, class FROM inbox JOIN bodies ON bodies.id = body_id
     WHERE mailbox_id = ? AND cursor = ?`,
    mailboxId,
    cursor,
  );
  if (item === undefined) return;
  sql.run('DELETE FROM inbox WHERE id = ?', item.id);
  if (item.class === 'handshake' || item.class === 'welcome') noteStanding(sql, mailboxId, item, standing);
  releaseBody(sql, item.body_id);
};

const noteStanding = (
  sql: Sql,
  mailboxId: Uint8Array,
  item: { readonly body_id: number; readonly group_id: Uint8Array; readonly sequence: number; readonly class: string },
  standing: Standing,
): void => {
  setStanding(sql, item.group_id, item.sequence, mailboxId, standing);
  // A request that somebody stored and may accept later keeps the row that it would join.
  const isKeptWelcome = item.class === 'welcome' && standing === 'stored' && !hasPin(sql, item.group_id, mailboxId);
  if (standing === 'applied' || isKeptWelcome) pin(sql, item.group_id, mailboxId, item.sequence);
  // A handshake that nobody but its author has seen is never given up.
  sql.run(
    `UPDATE bodies SET expires_at = time + ? WHERE id = ? AND class = 'handshake' AND expires_at IS NULL
       AND EXISTS (SELECT 1 FROM commit_rows r
         WHERE r.group_id = bodies.group_id AND r.sequence = bodies.sequence AND r.committer <> ?)`,
    ROW_RULES.handshakeMs,
    item.body_id,
    mailboxId,
  );
};

const swapCheckpoint = (
  sql: Sql,
  mailboxId: MailboxId,
  swap: Parameters<MailboxStore['checkpoint']>[1],
): Awaited<ReturnType<MailboxStore['checkpoint']>> => {
  const mailbox = toBlob(mailboxId);
  const stored = sql.one<{ checkpoint: Uint8Array | null }>(
    'SELECT checkpoint FROM devices WHERE mailbox_id = ?',
    mailbox,
  )?.checkpoint;
  const value = stored === undefined || stored === null ? undefined : toBytes(stored);
  if (swap === undefined) return { ...(value && { value }), swapped: false };
  const stands = (expected: Uint8Array | undefined): boolean =>
    value === undefined ? expected === undefined : expected !== undefined && equalBytes(value, expected);
  if (!stands(swap.expected) && !stands(swap.next)) return { ...(value && { value }), swapped: false };
  sql.run('UPDATE devices SET checkpoint = ? WHERE mailbox_id = ?', swap.next, mailbox);
  return { value: swap.next, swapped: true };
};

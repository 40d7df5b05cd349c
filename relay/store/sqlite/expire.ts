import { RETENTION } from '../../../src/domain/limits.ts';
import { ROW_RULES } from '../rules.ts';
import { isLive } from './rows.ts';
import type { Sql } from './sql.ts';

/** Everything whose time is over. What is read in between is filtered by time where it is read. */
export const expireAll = (sql: Sql, nowMs: number): void => {
  sql.run(
    'DELETE FROM inbox WHERE body_id IN (SELECT id FROM bodies WHERE expires_at IS NOT NULL AND expires_at <= ?)',
    nowMs,
  );
  sql.run('DELETE FROM bodies WHERE expires_at IS NOT NULL AND expires_at <= ?', nowMs);
  sql.run('DELETE FROM deposits WHERE time <= ?', nowMs - ROW_RULES.tombstoneMs);
  sql.run('DELETE FROM sessions WHERE expires_at <= ?', nowMs);
  sql.run('DELETE FROM welcome_tokens WHERE expires_at <= ?', nowMs);
  sql.run('DELETE FROM key_packages WHERE claimed_at <= ?', nowMs - RETENTION.claimedKeyPackageMs);
  expireRows(sql, nowMs);
};

/** A dead row goes once it can come back in no way: no item names it, and it is not the newest. */
const expireRows = (sql: Sql, nowMs: number): void => {
  const old = sql.all<{ group_id: Uint8Array; sequence: number }>(
    `SELECT r.group_id, r.sequence FROM commit_rows r JOIN groups g ON g.group_id = r.group_id
     WHERE r.time <= ? AND r.sequence <> g.newest AND NOT EXISTS (
       SELECT 1 FROM bodies b WHERE b.group_id = r.group_id AND b.sequence = r.sequence)`,
    nowMs - ROW_RULES.unpinnedRowMs,
  );
  for (const { group_id: groupId, sequence } of old) {
    if (isLive(sql, groupId, sequence, nowMs)) continue;
    sql.run('DELETE FROM row_recipients WHERE group_id = ? AND sequence = ?', groupId, sequence);
    sql.run('DELETE FROM commit_rows WHERE group_id = ? AND sequence = ?', groupId, sequence);
  }
};

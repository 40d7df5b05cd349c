import type { Sql } from './sql.ts';

/** Takes one mailbox off a body; the last one takes the body along. */
export const releaseBody = (sql: Sql, bodyId: number): void => {
  sql.run('UPDATE bodies SET mailboxes = mailboxes - 1 WHERE id = ?', bodyId);
  sql.run('DELETE FROM bodies WHERE id = ? AND mailboxes = 0', bodyId);
};

/** A device that left its account's chain: what waits for it, its sessions, packages and pins end with it. */
export const endMailbox = (sql: Sql, mailboxId: Uint8Array): void => {
  const waiting = sql.all<{ body_id: number }>('SELECT body_id FROM inbox WHERE mailbox_id = ?', mailboxId);
  sql.run('DELETE FROM inbox WHERE mailbox_id = ?', mailboxId);
  for (const { body_id: bodyId } of waiting) releaseBody(sql, bodyId);
  sql.run('DELETE FROM sessions WHERE mailbox_id = ?', mailboxId);
  sql.run('DELETE FROM key_packages WHERE mailbox_id = ? AND claimed_at IS NULL', mailboxId);
  sql.run('DELETE FROM last_resort_packages WHERE mailbox_id = ?', mailboxId);
  sql.run('DELETE FROM pins WHERE mailbox_id = ?', mailboxId);
  sql.run('UPDATE devices SET active = 0, checkpoint = NULL WHERE mailbox_id = ?', mailboxId);
};

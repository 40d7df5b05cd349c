import type { MailboxId } from '../../../src/domain/ids.ts';
import type { WaitingLimits } from '../store.ts';
import { hasLeft } from './deliveries.ts';
import { toBlob, type Sql } from './sql.ts';

/**
 * What waits for each mailbox, kept beside the inbox so that no deposit has to count it. Every way out of the inbox
 * deletes its line before the body, so the body can still be measured. Counts what an older database already holds.
 */
export const WAITING_SCHEMA = `
CREATE TABLE waiting (
  mailbox_id BLOB PRIMARY KEY,
  items INTEGER NOT NULL,
  bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO waiting
  SELECT mailbox_id, count(*), sum(length(envelope)) FROM inbox JOIN bodies ON bodies.id = body_id GROUP BY mailbox_id;
CREATE TRIGGER waiting_more AFTER INSERT ON inbox BEGIN
  INSERT INTO waiting VALUES (new.mailbox_id, 1, (SELECT length(envelope) FROM bodies WHERE id = new.body_id))
    ON CONFLICT DO UPDATE SET items = items + excluded.items, bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER waiting_less AFTER DELETE ON inbox BEGIN
  UPDATE waiting SET items = items - 1,
    bytes = bytes - (SELECT length(envelope) FROM bodies WHERE id = old.body_id)
    WHERE mailbox_id = old.mailbox_id;
  DELETE FROM waiting WHERE mailbox_id = old.mailbox_id AND items = 0;
END;
`;

/** Whether one more body of this size would be too much for one of the mailboxes that it would reach. */
export const isAnyFull = (
  sql: Sql,
  groupId: Uint8Array,
  mailboxes: readonly MailboxId[],
  size: number,
  limits: WaitingLimits,
): boolean =>
  mailboxes.some((mailboxId) => {
    const mailbox = toBlob(mailboxId);
    const over = sql.one(
      'SELECT 1 FROM waiting WHERE mailbox_id = ? AND (items >= ? OR bytes + ? > ?)',
      mailbox,
      limits.items,
      size,
      limits.bytes,
    );
    // One that left the group gets nothing of it, so it stops nobody.
    return over !== undefined && !hasLeft(sql, groupId, mailbox);
  });

import type { SessionPurpose, SessionStore } from '../store.ts';
import type { createGroupCommit } from './group-commit.ts';
import { toBlob, toId, type Sql } from './sql.ts';

type SessionColumns = { mailbox_id: Uint8Array; account_id: Uint8Array; purpose: string };

export const createSessionStore = (sql: Sql, write: ReturnType<typeof createGroupCommit>['write']): SessionStore => ({
  openSession: ({ tokenHash, mailboxId, purpose, expiresAtMs }) =>
    write(() => {
      if (purpose === 'fetchToken') {
        sql.run('DELETE FROM sessions WHERE mailbox_id = ? AND purpose = ?', toBlob(mailboxId), purpose);
      }
      sql.run(
        'INSERT INTO sessions (token_hash, mailbox_id, purpose, expires_at) VALUES (?, ?, ?, ?)',
        tokenHash,
        toBlob(mailboxId),
        purpose,
        expiresAtMs,
      );
    }),
  session: async (tokenHash, nowMs) => {
    const row = sql.one<SessionColumns>(
      `SELECT mailbox_id, account_id, purpose FROM sessions JOIN devices USING (mailbox_id)
       WHERE token_hash = ? AND expires_at > ? AND active = 1`,
      tokenHash,
      nowMs,
    );
    return (
      row && {
        mailboxId: toId(row.mailbox_id),
        accountId: toId(row.account_id),
        purpose: row.purpose as SessionPurpose,
      }
    );
  },
});

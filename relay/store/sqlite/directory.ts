import type { AccountId, MailboxId } from '../../../src/domain/ids.ts';
import { err, ok, type Result } from '../../../src/domain/result.ts';
import { equalBytes } from '../../../src/crypto/bytes.ts';
import type { Device, DirectoryStore, NewEntry, StoredAccount } from '../store.ts';
import type { createGroupCommit } from './group-commit.ts';
import { endMailbox } from './mailbox-end.ts';
import { toBlob, toBytes, toId, type Sql } from './sql.ts';

type Write = ReturnType<typeof createGroupCommit>['write'];

export const createDirectoryStore = (sql: Sql, write: Write): DirectoryStore => ({
  appendEntry: (entry) => write(() => appendEntry(sql, entry)),
  account: async (accountId) => readAccount(sql, toBlob(accountId)),
  accountByHandle: async (handle) => {
    const found = sql.one<{ account_id: Uint8Array }>(
      'SELECT account_id FROM handles WHERE handle = ? AND claim IS NOT NULL',
      handle,
    );
    return found && readAccount(sql, found.account_id);
  },
  deviceByMailbox: async (mailboxId) => readDevice(sql, mailboxId),
  claimHandle: (claim) => write(() => claimHandle(sql, claim)),
});

const headOf = (sql: Sql, accountId: AccountId): Uint8Array | undefined =>
  sql.one<{ head: Uint8Array }>('SELECT head FROM accounts WHERE account_id = ?', toBlob(accountId))?.head;

const appendEntry = (sql: Sql, entry: NewEntry): Result<void, { tag: 'conflict' } | { tag: 'mailbox-taken' }> => {
  const head = headOf(sql, entry.accountId);
  if (head !== undefined && equalBytes(head, entry.hash)) return ok(undefined);
  const isExpected =
    entry.expectedHead === undefined ? head === undefined : head !== undefined && equalBytes(head, entry.expectedHead);
  if (!isExpected) return err({ tag: 'conflict' });
  if (entry.devices.some((device) => isTaken(sql, device))) return err({ tag: 'mailbox-taken' });

  const accountId = toBlob(entry.accountId);
  sql.run('UPDATE entries SET voided = 1 WHERE account_id = ? AND sequence >= ?', accountId, entry.sequence);
  sql.run(
    'INSERT INTO entries (account_id, sequence, hash, entry) VALUES (?, ?, ?, ?)',
    accountId,
    entry.sequence,
    entry.hash,
    entry.entry,
  );
  sql.run(
    'INSERT INTO accounts (account_id, head) VALUES (?, ?) ON CONFLICT DO UPDATE SET head = excluded.head',
    accountId,
    entry.hash,
  );
  replaceDevices(sql, entry);
  return ok(undefined);
};

const isTaken = (sql: Sql, device: Device): boolean => {
  const owner = sql.one<{ account_id: Uint8Array }>(
    'SELECT account_id FROM devices WHERE mailbox_id = ?',
    toBlob(device.mailboxId),
  );
  return owner !== undefined && toId(owner.account_id) !== device.accountId;
};

const replaceDevices = (sql: Sql, entry: NewEntry): void => {
  const staying = new Set<string>(entry.devices.map((device) => device.mailboxId));
  const before = sql.all<{ mailbox_id: Uint8Array }>(
    'SELECT mailbox_id FROM devices WHERE account_id = ? AND active = 1',
    toBlob(entry.accountId),
  );
  for (const { mailbox_id: mailboxId } of before) if (!staying.has(toId(mailboxId))) endMailbox(sql, mailboxId);
  for (const device of entry.devices) {
    sql.run(
      `INSERT INTO devices (mailbox_id, account_id, device_index, mailbox_key, signature_key) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET active = 1`,
      toBlob(device.mailboxId),
      toBlob(device.accountId),
      device.deviceIndex,
      device.mailboxKey,
      device.signatureKey,
    );
  }
};

const readAccount = (sql: Sql, accountId: Uint8Array): StoredAccount | undefined => {
  const account = sql.one<{ head: Uint8Array }>('SELECT head FROM accounts WHERE account_id = ?', accountId);
  if (account === undefined) return undefined;
  const entries = sql.all<{ entry: Uint8Array }>(
    'SELECT entry FROM entries WHERE account_id = ? AND voided = 0 ORDER BY sequence',
    accountId,
  );
  const handle = sql.one<{ claim: Uint8Array }>(
    'SELECT claim FROM handles WHERE account_id = ? AND claim IS NOT NULL',
    accountId,
  );
  return {
    accountId: toId(accountId),
    head: toBytes(account.head),
    entries: entries.map(({ entry }) => toBytes(entry)),
    ...(handle && { claim: toBytes(handle.claim) }),
  };
};

type DeviceColumns = {
  account_id: Uint8Array;
  device_index: number;
  mailbox_key: Uint8Array;
  signature_key: Uint8Array;
};

const readDevice = (sql: Sql, mailboxId: MailboxId): Device | undefined => {
  const row = sql.one<DeviceColumns>('SELECT * FROM devices WHERE mailbox_id = ? AND active = 1', toBlob(mailboxId));
  return (
    row && {
      mailboxId,
      accountId: toId(row.account_id),
      deviceIndex: row.device_index,
      mailboxKey: toBytes(row.mailbox_key),
      signatureKey: toBytes(row.signature_key),
    }
  );
};

const claimHandle = (
  sql: Sql,
  request: Parameters<DirectoryStore['claimHandle']>[0],
): Result<void, { tag: 'conflict' } | { tag: 'handle-taken' }> => {
  const accountId = toBlob(request.accountId);
  const mine = sql.one<{ handle: string; claim: Uint8Array }>(
    'SELECT handle, claim FROM handles WHERE account_id = ? AND claim IS NOT NULL',
    accountId,
  );
  if (mine !== undefined && equalBytes(mine.claim, request.claim)) return ok(undefined);

  const account = sql.one<{ head: Uint8Array; handle_counter: number }>(
    'SELECT head, handle_counter FROM accounts WHERE account_id = ?',
    accountId,
  );
  if (account === undefined || !equalBytes(account.head, request.expectedHead)) return err({ tag: 'conflict' });
  if (request.counter <= account.handle_counter) return err({ tag: 'conflict' });

  const holder = sql.one<{ account_id: Uint8Array; released_at: number | null }>(
    'SELECT account_id, released_at FROM handles WHERE handle = ?',
    request.handle,
  );
  const isFree =
    holder === undefined ||
    toId(holder.account_id) === request.accountId ||
    (holder.released_at !== null && request.nowMs - holder.released_at >= request.releasedForMs);
  if (!isFree) return err({ tag: 'handle-taken' });

  sql.run(
    'UPDATE handles SET claim = NULL, released_at = ? WHERE account_id = ? AND claim IS NOT NULL AND handle <> ?',
    request.nowMs,
    accountId,
    request.handle,
  );
  sql.run(
    `INSERT INTO handles (handle, account_id, claim) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET account_id = excluded.account_id, claim = excluded.claim, released_at = NULL`,
    request.handle,
    accountId,
    request.claim,
  );
  sql.run('UPDATE accounts SET handle_counter = ? WHERE account_id = ?', request.counter, accountId);
  return ok(undefined);
};

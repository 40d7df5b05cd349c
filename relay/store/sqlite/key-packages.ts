import { sha256Sync } from '../../../src/crypto/hash.ts';
import type { ClaimedKeyPackage, KeyPackageStore } from '../store.ts';
import type { createGroupCommit } from './group-commit.ts';
import { toBlob, toBytes, toId, type Sql } from './sql.ts';

export const createKeyPackageStore = (
  sql: Sql,
  write: ReturnType<typeof createGroupCommit>['write'],
): KeyPackageStore => ({
  publishKeyPackages: (request) => write(() => publish(sql, request)),
  claimKeyPackages: (request) => write(() => claim(sql, request)),
});

const publish = (sql: Sql, request: Parameters<KeyPackageStore['publishKeyPackages']>[0]): number => {
  const mailboxId = toBlob(request.mailboxId);
  for (const keyPackage of request.packages) {
    sql.run(
      'INSERT INTO key_packages (mailbox_id, hash, package) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
      mailboxId,
      sha256Sync(keyPackage),
      keyPackage,
    );
  }
  if (request.lastResort !== undefined) {
    sql.run(
      `INSERT INTO last_resort_packages VALUES (?, ?) ON CONFLICT DO UPDATE SET package = excluded.package`,
      mailboxId,
      request.lastResort,
    );
  }
  // What is pushed out leaves its hash behind like a claimed one: an old list played again must not bring it back.
  sql.run(
    `UPDATE key_packages SET package = NULL, claimed_at = ? WHERE id IN (
       SELECT id FROM key_packages WHERE mailbox_id = ? AND claimed_at IS NULL ORDER BY id DESC LIMIT -1 OFFSET ?)`,
    request.nowMs,
    mailboxId,
    request.keep,
  );
  return (
    sql.one<{ available: number }>(
      'SELECT count(*) AS available FROM key_packages WHERE mailbox_id = ? AND claimed_at IS NULL',
      mailboxId,
    )?.available ?? 0
  );
};

const claim = (sql: Sql, request: Parameters<KeyPackageStore['claimKeyPackages']>[0]): readonly ClaimedKeyPackage[] => {
  const devices = sql.all<{ mailbox_id: Uint8Array }>(
    'SELECT mailbox_id FROM devices WHERE account_id = ? AND active = 1 ORDER BY device_index',
    toBlob(request.accountId),
  );
  const claimed: ClaimedKeyPackage[] = [];
  for (const { mailbox_id: mailboxId } of devices) {
    const found = claimOne(sql, mailboxId, request);
    if (found === undefined) continue;
    const tokenHash = request.tokenHashes[claimed.length];
    if (tokenHash === undefined) throw new RangeError('fewer welcome tokens than devices');
    sql.run('INSERT INTO welcome_tokens VALUES (?, ?, ?)', tokenHash, mailboxId, request.tokensExpireAtMs);
    claimed.push({ mailboxId: toId(mailboxId), ...found });
  }
  return claimed;
};

const claimOne = (
  sql: Sql,
  mailboxId: Uint8Array,
  { nowMs, allowLastResort }: { readonly nowMs: number; readonly allowLastResort: boolean },
): Omit<ClaimedKeyPackage, 'mailboxId'> | undefined => {
  const oldest = sql.one<{ id: number; package: Uint8Array }>(
    'SELECT id, package FROM key_packages WHERE mailbox_id = ? AND claimed_at IS NULL ORDER BY id LIMIT 1',
    mailboxId,
  );
  if (oldest !== undefined) {
    sql.run('UPDATE key_packages SET package = NULL, claimed_at = ? WHERE id = ?', nowMs, oldest.id);
    return { keyPackage: toBytes(oldest.package), lastResort: false };
  }
  if (!allowLastResort) return undefined;
  const last = sql.one<{ package: Uint8Array }>(
    'SELECT package FROM last_resort_packages WHERE mailbox_id = ?',
    mailboxId,
  );
  return last && { keyPackage: toBytes(last.package), lastResort: true };
};

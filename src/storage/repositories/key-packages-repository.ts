import type { SqlConnection } from '../database.ts';
import { flagToColumn, fromColumn, toColumn, type Blob } from './columns.ts';

/** A key package of this device. Its private half stays until it was used, or 97 days after it was claimed. */
export interface StoredKeyPackage {
  /** Hash reference, RFC 9420 §5.2. */
  readonly ref: Uint8Array;
  readonly publicBytes: Uint8Array;
  readonly privateBytes: Uint8Array;
  readonly isLastResort: boolean;
  readonly createdAtMs: number;
  readonly publishedAtMs: number | undefined;
  readonly claimedAtMs: number | undefined;
}

export interface KeyPackagesRepository {
  save(keyPackage: StoredKeyPackage): void;
  read(ref: Uint8Array): StoredKeyPackage | undefined;
  /** All whose private half is still here. */
  list(): readonly StoredKeyPackage[];
  /** Made but not at the relay yet. */
  unpublished(): readonly StoredKeyPackage[];
  markPublished(ref: Uint8Array, atMs: number): void;
  markClaimed(ref: Uint8Array, atMs: number): void;
  /** At the relay and not known to be claimed; without last-resort ones. */
  publishedCount(): number;
  remove(ref: Uint8Array): void;
  /** Forgets the private keys of those that were claimed before `beforeMs`. Answers how many. */
  removeClaimedBefore(beforeMs: number): number;
}

interface Row {
  readonly ref: Blob;
  readonly public_bytes: Blob;
  readonly private_bytes: Blob;
  readonly is_last_resort: number;
  readonly created_at: number;
  readonly published_at: number | null;
  readonly claimed_at: number | null;
}

const rowToKeyPackage = (row: Row): StoredKeyPackage => ({
  ref: row.ref,
  publicBytes: row.public_bytes,
  privateBytes: row.private_bytes,
  isLastResort: row.is_last_resort === 1,
  createdAtMs: row.created_at,
  publishedAtMs: fromColumn(row.published_at),
  claimedAtMs: fromColumn(row.claimed_at),
});

export const createKeyPackagesRepository = (db: SqlConnection): KeyPackagesRepository => ({
  save(keyPackage) {
    db.run(
      `INSERT OR REPLACE INTO key_packages
        (ref, public_bytes, private_bytes, is_last_resort, created_at, published_at, claimed_at)
        VALUES (?, ?, ?, ?, ?, ?, ?)`,
      [
        keyPackage.ref,
        keyPackage.publicBytes,
        keyPackage.privateBytes,
        flagToColumn(keyPackage.isLastResort),
        keyPackage.createdAtMs,
        toColumn(keyPackage.publishedAtMs),
        toColumn(keyPackage.claimedAtMs),
      ],
    );
  },
  read(ref) {
    const row = db.row<Row>('SELECT * FROM key_packages WHERE ref = ?', [ref]);
    return row && rowToKeyPackage(row);
  },
  list: () => db.rows<Row>('SELECT * FROM key_packages ORDER BY created_at, ref').map(rowToKeyPackage),
  unpublished: () =>
    db.rows<Row>('SELECT * FROM key_packages WHERE published_at IS NULL ORDER BY created_at, ref').map(rowToKeyPackage),
  markPublished: (ref, atMs) => void db.run('UPDATE key_packages SET published_at = ? WHERE ref = ?', [atMs, ref]),
  markClaimed: (ref, atMs) => void db.run('UPDATE key_packages SET claimed_at = ? WHERE ref = ?', [atMs, ref]),
  publishedCount: () =>
    db.row<{ count: number }>(
      `SELECT count(*) AS count FROM key_packages
        WHERE published_at IS NOT NULL AND claimed_at IS NULL AND is_last_resort = 0`,
    )?.count ?? 0,
  remove: (ref) => void db.run('DELETE FROM key_packages WHERE ref = ?', [ref]),
  removeClaimedBefore: (beforeMs) => db.run('DELETE FROM key_packages WHERE claimed_at < ?', [beforeMs]),
});

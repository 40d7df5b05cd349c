import type { AccountId } from '../../domain/ids.ts';
import type { SqlConnection } from '../database.ts';
import { fromColumn, idToBlob, optionalBlobToId, type Blob } from './columns.ts';

/** An invite made here; its secret stands in the link's fragment. */
export interface StoredInvite {
  readonly id: Uint8Array;
  readonly secret: Uint8Array;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  readonly usedAtMs: number | undefined;
  readonly usedBy: AccountId | undefined;
}

export interface InvitesRepository {
  add(invite: Pick<StoredInvite, 'id' | 'secret' | 'createdAtMs' | 'expiresAtMs'>): void;
  read(id: Uint8Array): StoredInvite | undefined;
  /** True for the first redeemer, false for every later one and for an unknown invite. */
  markUsed(id: Uint8Array, by: AccountId, atMs: number): boolean;
  /** Forgets those that expired before `beforeMs`. Answers how many. */
  removeExpiredBefore(beforeMs: number): number;
}

interface Row {
  readonly id: Blob;
  readonly secret: Blob;
  readonly created_at: number;
  readonly expires_at: number;
  readonly used_at: number | null;
  readonly used_by: Blob | null;
}

export const createInvitesRepository = (db: SqlConnection): InvitesRepository => ({
  add: ({ id, secret, createdAtMs, expiresAtMs }) =>
    void db.run('INSERT INTO invites (id, secret, created_at, expires_at) VALUES (?, ?, ?, ?)', [
      id,
      secret,
      createdAtMs,
      expiresAtMs,
    ]),
  read(id) {
    const row = db.row<Row>('SELECT * FROM invites WHERE id = ?', [id]);
    return (
      row && {
        id: row.id,
        secret: row.secret,
        createdAtMs: row.created_at,
        expiresAtMs: row.expires_at,
        usedAtMs: fromColumn(row.used_at),
        usedBy: optionalBlobToId<AccountId>(row.used_by),
      }
    );
  },
  markUsed: (id, by, atMs) =>
    db.run('UPDATE invites SET used_at = ?, used_by = ? WHERE id = ? AND used_at IS NULL', [atMs, idToBlob(by), id]) ===
    1,
  removeExpiredBefore: (beforeMs) => db.run('DELETE FROM invites WHERE expires_at < ?', [beforeMs]),
});

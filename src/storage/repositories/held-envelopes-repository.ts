import type { AccountId, GroupId } from '../../domain/ids.ts';
import type { SqlConnection } from '../database.ts';
import { blobToId, idToBlob, optionalBlobToId, optionalIdToBlob, type Blob } from './columns.ts';

/**
 * `request`: a welcome from somebody unknown, not joined before a person accepts. `early`: names a commit that has not
 * come yet. `unreadable`: kept for a release that can read it.
 */
export type HoldReason = 'request' | 'early' | 'unreadable';

/** An envelope as it came, acknowledged to the relay, that cannot be or must not be processed yet. */
export interface HeldEnvelope {
  readonly reason: HoldReason;
  readonly groupId: GroupId;
  readonly class: string;
  readonly sequence: number;
  readonly relayAtMs: number;
  readonly envelope: Uint8Array;
  /** Who it claims to be from, where that is told outside. */
  readonly fromAccount: AccountId | undefined;
  readonly heldAtMs: number;
}

export interface StoredHeldEnvelope extends HeldEnvelope {
  readonly id: number;
}

export interface HeldEnvelopesRepository {
  hold(envelope: HeldEnvelope): StoredHeldEnvelope;
  /** Of a group, by sequence. */
  ofGroup(groupId: GroupId): readonly StoredHeldEnvelope[];
  /** How much is held of a group. */
  sizeOfGroup(groupId: GroupId): { readonly items: number; readonly bytes: number };
  /** Oldest first. */
  withReason(reason: HoldReason): readonly StoredHeldEnvelope[];
  count(reason: HoldReason): number;
  release(id: number): void;
  releaseGroup(groupId: GroupId): void;
}

interface Row {
  readonly id: number;
  readonly reason: HoldReason;
  readonly group_id: Blob;
  readonly class: string;
  readonly sequence: number;
  readonly relay_at: number;
  readonly envelope: Blob;
  readonly from_account: Blob | null;
  readonly held_at: number;
}

const rowToEnvelope = (row: Row): StoredHeldEnvelope => ({
  id: row.id,
  reason: row.reason,
  groupId: blobToId<GroupId>(row.group_id),
  class: row.class,
  sequence: row.sequence,
  relayAtMs: row.relay_at,
  envelope: row.envelope,
  fromAccount: optionalBlobToId<AccountId>(row.from_account),
  heldAtMs: row.held_at,
});

export const createHeldEnvelopesRepository = (db: SqlConnection): HeldEnvelopesRepository => ({
  hold(held) {
    const row = db.row<{ id: number }>(
      `INSERT INTO held_envelopes (reason, group_id, class, sequence, relay_at, envelope, from_account, held_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
      [
        held.reason,
        idToBlob(held.groupId),
        held.class,
        held.sequence,
        held.relayAtMs,
        held.envelope,
        optionalIdToBlob(held.fromAccount),
        held.heldAtMs,
      ],
    );
    if (row === undefined) throw new Error('an envelope that was not held');
    return { ...held, id: row.id };
  },
  ofGroup: (groupId) =>
    db
      .rows<Row>('SELECT * FROM held_envelopes WHERE group_id = ? ORDER BY sequence, id', [idToBlob(groupId)])
      .map(rowToEnvelope),
  sizeOfGroup: (groupId) =>
    db.row<{ items: number; bytes: number }>(
      'SELECT count(*) AS items, coalesce(sum(length(envelope)), 0) AS bytes FROM held_envelopes WHERE group_id = ?',
      [idToBlob(groupId)],
    ) ?? { items: 0, bytes: 0 },
  withReason: (reason) =>
    db.rows<Row>('SELECT * FROM held_envelopes WHERE reason = ? ORDER BY id', [reason]).map(rowToEnvelope),
  count: (reason) =>
    db.row<{ count: number }>('SELECT count(*) AS count FROM held_envelopes WHERE reason = ?', [reason])?.count ?? 0,
  release: (id) => void db.run('DELETE FROM held_envelopes WHERE id = ?', [id]),
  releaseGroup: (groupId) => void db.run('DELETE FROM held_envelopes WHERE group_id = ?', [idToBlob(groupId)]),
});

import type { ConversationId, GroupId } from '../../domain/ids.ts';
import type { SqlConnection } from '../database.ts';
import { blobToId, fromColumn, idToBlob, optionalBlobToId, optionalIdToBlob, toColumn, type Blob } from './columns.ts';

/** `broken`: a commit that stands could not be applied here; nothing is sent until the device was added again. */
export type GroupStanding = 'active' | 'provisional' | 'broken' | 'left';

/** What is read and written with every message. */
export interface StoredGroup {
  readonly groupId: GroupId;
  readonly conversationId: ConversationId;
  readonly generation: number;
  readonly previousGroup: GroupId | undefined;
  readonly engine: string;
  readonly engineVersion: number;
  readonly epoch: number;
  /** Sequence of the last commit applied here, and of the newest commit row seen. */
  readonly base: number;
  readonly head: number;
  readonly capability: Uint8Array | undefined;
  readonly standing: GroupStanding;
  /** Of the next message sent here in this group. */
  readonly ownCounter: number;
  /** The ratchets: small, changed by every message. */
  readonly hot: Uint8Array;
}

/** Counters heard from one sender leaf, to tell gaps by. */
export interface SenderCounters {
  readonly leaf: number;
  readonly nextCounter: number;
  /** Counters below `nextCounter` that have not come, encoded by their owner. */
  readonly missing: Uint8Array | undefined;
}

export interface GroupsRepository {
  read(groupId: GroupId): StoredGroup | undefined;
  /** Of a conversation, newest generation first. */
  ofConversation(conversationId: ConversationId): readonly StoredGroup[];
  /** How many groups of a conversation are of that generation: more than one where both sides opened it at once. */
  countOf(conversationId: ConversationId, generation: number): number;
  list(): readonly StoredGroup[];
  /** Everything but the cold part. */
  save(group: StoredGroup): void;
  /** The ratchet tree and what else changes only with the epoch. Replaces the epoch before, which is gone. */
  saveCold(groupId: GroupId, cold: Uint8Array): void;
  cold(groupId: GroupId): Blob | undefined;
  remove(groupId: GroupId): void;
  sender(groupId: GroupId, leaf: number): SenderCounters | undefined;
  saveSender(groupId: GroupId, counters: SenderCounters): void;
  /** A leaf that was added anew begins at 0. */
  removeSender(groupId: GroupId, leaf: number): void;
}

interface Row {
  readonly group_id: Blob;
  readonly conversation_id: Blob;
  readonly generation: number;
  readonly previous_group: Blob | null;
  readonly engine: string;
  readonly engine_version: number;
  readonly epoch: number;
  readonly base: number;
  readonly head: number;
  readonly capability: Blob | null;
  readonly standing: GroupStanding;
  readonly own_counter: number;
  readonly hot: Blob;
}

const rowToGroup = (row: Row): StoredGroup => ({
  groupId: blobToId<GroupId>(row.group_id),
  conversationId: blobToId<ConversationId>(row.conversation_id),
  generation: row.generation,
  previousGroup: optionalBlobToId<GroupId>(row.previous_group),
  engine: row.engine,
  engineVersion: row.engine_version,
  epoch: row.epoch,
  base: row.base,
  head: row.head,
  capability: fromColumn(row.capability),
  standing: row.standing,
  ownCounter: row.own_counter,
  hot: row.hot,
});

const SELECT = `SELECT g.group_id, c.conversation_id, g.generation, g.previous_group, g.engine, g.engine_version,
  g.epoch, g.base, g.head, g.capability, g.standing, g.own_counter, g.hot
  FROM groups g JOIN conversations c ON c.id = g.conversation`;
const GROUP = '(SELECT id FROM groups WHERE group_id = ?)';

export const createGroupsRepository = (db: SqlConnection): GroupsRepository => ({
  read(groupId) {
    const row = db.row<Row>(`${SELECT} WHERE g.group_id = ?`, [idToBlob(groupId)]);
    return row && rowToGroup(row);
  },
  ofConversation: (conversationId) =>
    db
      .rows<Row>(`${SELECT} WHERE c.conversation_id = ? ORDER BY g.generation DESC`, [idToBlob(conversationId)])
      .map(rowToGroup),
  countOf: (conversationId, generation) =>
    db.row<{ count: number }>(
      `SELECT count(*) AS count FROM groups
        WHERE conversation = (SELECT id FROM conversations WHERE conversation_id = ?) AND generation = ?`,
      [idToBlob(conversationId), generation],
    )?.count ?? 0,
  list: () => db.rows<Row>(`${SELECT} ORDER BY g.id`).map(rowToGroup),

  save(group) {
    db.run(
      `INSERT INTO groups (group_id, conversation, generation, previous_group, engine, engine_version, epoch, base, head,
          capability, standing, own_counter, hot)
        VALUES (?, (SELECT id FROM conversations WHERE conversation_id = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (group_id) DO UPDATE SET engine = excluded.engine, engine_version = excluded.engine_version,
          epoch = excluded.epoch, base = excluded.base, head = excluded.head, capability = excluded.capability,
          standing = excluded.standing, own_counter = excluded.own_counter, hot = excluded.hot`,
      [
        idToBlob(group.groupId),
        idToBlob(group.conversationId),
        group.generation,
        optionalIdToBlob(group.previousGroup),
        group.engine,
        group.engineVersion,
        group.epoch,
        group.base,
        group.head,
        toColumn(group.capability),
        group.standing,
        group.ownCounter,
        group.hot,
      ],
    );
  },

  saveCold: (groupId, cold) =>
    void db.run(`INSERT OR REPLACE INTO group_trees (group_row, cold) VALUES (${GROUP}, ?)`, [idToBlob(groupId), cold]),
  cold: (groupId) =>
    db.row<{ cold: Blob }>(`SELECT cold FROM group_trees WHERE group_row = ${GROUP}`, [idToBlob(groupId)])?.cold,

  remove(groupId) {
    const group = idToBlob(groupId);
    db.run(`DELETE FROM group_senders WHERE group_row = ${GROUP}`, [group]);
    db.run(`DELETE FROM group_trees WHERE group_row = ${GROUP}`, [group]);
    db.run('DELETE FROM groups WHERE group_id = ?', [group]);
  },

  sender(groupId, leaf) {
    const row = db.row<{ next_counter: number; missing: Blob | null }>(
      `SELECT next_counter, missing FROM group_senders WHERE group_row = ${GROUP} AND leaf = ?`,
      [idToBlob(groupId), leaf],
    );
    return row && { leaf, nextCounter: row.next_counter, missing: fromColumn(row.missing) };
  },
  saveSender: (groupId, { leaf, nextCounter, missing }) =>
    void db.run(
      `INSERT OR REPLACE INTO group_senders (group_row, leaf, next_counter, missing) VALUES (${GROUP}, ?, ?, ?)`,
      [idToBlob(groupId), leaf, nextCounter, toColumn(missing)],
    ),
  removeSender: (groupId, leaf) =>
    void db.run(`DELETE FROM group_senders WHERE group_row = ${GROUP} AND leaf = ?`, [idToBlob(groupId), leaf]),
});

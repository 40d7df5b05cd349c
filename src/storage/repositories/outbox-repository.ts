import type { ConversationId, DepositId, GroupId, MessageId } from '../../domain/ids.ts';
import type { SqlConnection } from '../database.ts';
import { blobToId, fromColumn, idToBlob, optionalBlobToId, optionalIdToBlob, toColumn, type Blob } from './columns.ts';

/** Of envelopes (src/wire/envelope.ts), by name. */
export type OutboxClass = 'message' | 'receipt' | 'handshake' | 'welcome';

/** What is to be sent, in clear: it is sealed when it goes out, because the epoch may move while offline. */
export interface NewIntent {
  readonly conversationId: ConversationId;
  readonly class: OutboxClass;
  readonly kind: number;
  readonly messageId: MessageId | undefined;
  /** Of the message in the timeline that this intent sends. */
  readonly arrival: number | undefined;
  readonly payload: Uint8Array;
  readonly createdAtMs: number;
}

/** Sent unchanged until the relay accepts it or answers 409 (docs/protocol/sync.md, "Outbox"). */
export interface Sealing {
  readonly bytes: Uint8Array;
  readonly depositId: DepositId;
  readonly groupId: GroupId;
  readonly base: number;
  readonly head: number;
}

export type OutboxState =
  | { readonly tag: 'intent' }
  | { readonly tag: 'sealed'; readonly sealing: Sealing }
  | { readonly tag: 'accepted'; readonly depositId: DepositId; readonly sequence: number; readonly relayAtMs: number };

export interface OutboxItem extends NewIntent {
  /** Ascending in the order of writing. */
  readonly id: number;
  readonly state: OutboxState;
  /** Tries that failed since the last success. */
  readonly attempt: number;
  readonly nextAttemptAtMs: number;
}

export interface OutboxRepository {
  add(intent: NewIntent): OutboxItem;
  read(id: number): OutboxItem | undefined;
  /** What may go out now, oldest first. */
  due(nowMs: number, limit: number): readonly OutboxItem[];
  /**
   * Intents that can be sealed, oldest first: openings, and what stands in a conversation with an active group. None
   * where something newer is sealed already: that has the lower counter and goes first. None either where the relay
   * takes nothing now: what is not sealed does not grow stale.
   */
  sealable(limit: number): readonly OutboxItem[];
  /** Intents in conversations that had groups and have none left to send into. */
  stranded(limit: number): readonly OutboxItem[];
  /** Conversations in which something waits although there is neither a group nor an opening. */
  unopened(): readonly ConversationId[];
  /** When the next one is due, if any is waiting. */
  nextDueAtMs(): number | undefined;
  /** In the transaction that saves the advanced ratchet. */
  seal(id: number, sealing: Sealing): void;
  /** 409: the bytes are dropped, the intent is sealed anew under another deposit id. */
  unseal(id: number): void;
  accept(id: number, accepted: { readonly sequence: number; readonly relayAtMs: number }): void;
  /** After a failed try. */
  delay(id: number, attempt: number, nextAttemptAtMs: number): void;
  /** Everything waiting may be tried at once: the network is back. */
  hurry(nowMs: number): void;
  /** Receipted, given up, or taken back. */
  remove(id: number): void;
  byMessage(messageId: MessageId): readonly OutboxItem[];
  /** Sealed and not answered yet, in the order of writing. */
  sealed(): readonly OutboxItem[];
  /** Accepted before `beforeMs` and still here, so without a receipt. Oldest first. */
  unreceipted(beforeMs: number, limit: number): readonly OutboxItem[];
  /** Not accepted yet, without intents whose message was deleted: those are never sent. */
  waitingCount(): number;
  /** Of these, what somebody wrote: no receipts, names or openings. */
  waitingMessageCount(): number;
  /** Drops every sealing, in a store that was found old or cloned; also of what waits for a receipt. */
  unsealAll(): void;
  /** The same in one conversation, whose other side has a new device. */
  unsealConversation(conversationId: ConversationId): void;
  /** First commits of groups of our own. */
  removeOpenings(): void;
}

interface Row {
  readonly id: number;
  readonly conversation_id: Blob;
  readonly class: OutboxClass;
  readonly kind: number;
  readonly message_id: Blob | null;
  readonly arrival: number | null;
  readonly payload: Blob;
  readonly state: OutboxState['tag'];
  readonly sealed: Blob | null;
  readonly deposit_id: Blob | null;
  readonly group_id: Blob | null;
  readonly base: number | null;
  readonly head: number | null;
  readonly accepted_sequence: number | null;
  readonly accepted_at: number | null;
  readonly attempt: number;
  readonly next_attempt_at: number;
  readonly created_at: number;
}

const SELECT = `SELECT o.*, c.conversation_id FROM outbox o JOIN conversations c ON c.id = o.conversation`;
/** To be closed by its user. */
const HAS_GROUP = 'EXISTS (SELECT 1 FROM groups g WHERE g.conversation = o.conversation';
/** Conversations in which something newer than the oldest intent is sealed and unanswered. */
const OVERTAKEN = `SELECT newer.conversation FROM outbox newer JOIN (
    SELECT conversation, min(id) AS id FROM outbox WHERE state = 'intent' AND class <> 'handshake' GROUP BY conversation
  ) oldest ON oldest.conversation = newer.conversation WHERE newer.state = 'sealed' AND newer.id > oldest.id`;
const HELD_UP = `SELECT conversation FROM outbox WHERE state = 'sealed' AND attempt > 0`;
/** By an index of what waits alone: nothing of the many that were accepted and of their contents is read. */
const WAITING = `SELECT count(*) AS count FROM outbox o WHERE o.state <> 'accepted' AND (o.state = 'sealed'
    OR o.arrival IS NULL OR EXISTS (SELECT 1 FROM messages m WHERE m.arrival = o.arrival))`;
const WAITING_MESSAGES = `${WAITING} AND o.arrival IS NOT NULL`;
const UNSEAL = `state = 'intent', sealed = NULL, deposit_id = NULL, group_id = NULL, base = NULL, head = NULL`;
/** Nothing of it is known to have arrived: under another device or in another group it is tried at once. */
const UNSEND = `${UNSEAL}, accepted_sequence = NULL, accepted_at = NULL, attempt = 0`;

const stateOf = (row: Row): OutboxState => {
  if (row.deposit_id === null) return { tag: 'intent' };
  const depositId = blobToId<DepositId>(row.deposit_id);
  if (row.state === 'accepted' && row.accepted_sequence !== null && row.accepted_at !== null) {
    return { tag: 'accepted', depositId, sequence: row.accepted_sequence, relayAtMs: row.accepted_at };
  }
  if (row.sealed === null || row.group_id === null || row.base === null || row.head === null) return { tag: 'intent' };
  const { sealed: bytes, base, head } = row;
  return { tag: 'sealed', sealing: { bytes, depositId, groupId: blobToId<GroupId>(row.group_id), base, head } };
};

const rowToItem = (row: Row): OutboxItem => ({
  id: row.id,
  conversationId: blobToId<ConversationId>(row.conversation_id),
  class: row.class,
  kind: row.kind,
  messageId: optionalBlobToId<MessageId>(row.message_id),
  arrival: fromColumn(row.arrival),
  payload: row.payload,
  createdAtMs: row.created_at,
  state: stateOf(row),
  attempt: row.attempt,
  nextAttemptAtMs: row.next_attempt_at,
});

export const createOutboxRepository = (db: SqlConnection): OutboxRepository => {
  const items = (rest: string, parameters: readonly (number | Blob)[]): OutboxItem[] =>
    db.rows<Row>(`${SELECT} ${rest}`, parameters).map(rowToItem);
  const read = (id: number): OutboxItem | undefined => items('WHERE o.id = ?', [id])[0];

  return {
    read,
    add(intent) {
      const row = db.row<{ id: number }>(
        `INSERT INTO outbox (conversation, class, kind, message_id, arrival, payload, state, next_attempt_at, created_at)
          VALUES ((SELECT id FROM conversations WHERE conversation_id = ?1), ?2, ?3, ?4, ?5, ?6, 'intent', ?7, ?7)
          RETURNING id`,
        [
          idToBlob(intent.conversationId),
          intent.class,
          intent.kind,
          optionalIdToBlob(intent.messageId),
          toColumn(intent.arrival),
          intent.payload,
          intent.createdAtMs,
        ],
      );
      const item = row && read(row.id);
      if (item === undefined) throw new Error('an intent that was not stored');
      return item;
    },

    due: (nowMs, limit) =>
      items(`WHERE o.state <> 'accepted' AND o.next_attempt_at <= ? ORDER BY o.id LIMIT ?`, [nowMs, limit]),
    sealable: (limit) =>
      items(
        `WHERE o.state = 'intent' AND (o.class = 'handshake'
            OR ${HAS_GROUP} AND g.standing = 'active') AND o.conversation NOT IN (${OVERTAKEN})
            AND o.conversation NOT IN (${HELD_UP}))
          ORDER BY o.id LIMIT ?`,
        [limit],
      ),
    stranded: (limit) =>
      items(
        `WHERE o.state = 'intent' AND o.class <> 'handshake' AND ${HAS_GROUP})
          AND NOT ${HAS_GROUP} AND g.standing IN ('active', 'provisional')) ORDER BY o.id LIMIT ?`,
        [limit],
      ),
    unopened: () =>
      db
        .rows<{ conversation_id: Blob }>(
          `SELECT c.conversation_id FROM conversations c WHERE c.state <> 'requested'
            AND NOT EXISTS (SELECT 1 FROM groups g WHERE g.conversation = c.id)
            AND EXISTS (SELECT 1 FROM outbox o WHERE o.conversation = c.id AND o.state <> 'accepted')
            AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.conversation = c.id AND o.class = 'handshake')`,
        )
        .map((row) => blobToId<ConversationId>(row.conversation_id)),
    nextDueAtMs: () =>
      db.row<{ at: number | null }>(`SELECT min(next_attempt_at) AS at FROM outbox WHERE state <> 'accepted'`)?.at ??
      undefined,

    seal: (id, { bytes, depositId, groupId, base, head }) =>
      void db.run(
        `UPDATE outbox SET state = 'sealed', sealed = ?, deposit_id = ?, group_id = ?, base = ?, head = ? WHERE id = ?`,
        [bytes, idToBlob(depositId), idToBlob(groupId), base, head, id],
      ),
    unseal: (id) => void db.run(`UPDATE outbox SET ${UNSEAL} WHERE id = ?`, [id]),
    accept: (id, { sequence, relayAtMs }) =>
      void db.run(
        `UPDATE outbox SET state = 'accepted', sealed = NULL, accepted_sequence = ?, accepted_at = ?, attempt = 0
          WHERE id = ?`,
        [sequence, relayAtMs, id],
      ),
    delay: (id, attempt, nextAttemptAtMs) =>
      void db.run('UPDATE outbox SET attempt = ?, next_attempt_at = ? WHERE id = ?', [attempt, nextAttemptAtMs, id]),
    hurry: (nowMs) =>
      void db.run(`UPDATE outbox SET next_attempt_at = ?1 WHERE state <> 'accepted' AND next_attempt_at > ?1`, [nowMs]),
    remove: (id) => void db.run('DELETE FROM outbox WHERE id = ?', [id]),
    byMessage: (messageId) => items('WHERE o.message_id = ? ORDER BY o.id', [idToBlob(messageId)]),
    sealed: () => items(`WHERE o.state <> 'accepted' AND o.state = 'sealed' ORDER BY o.id`, []),
    unreceipted: (beforeMs, limit) =>
      items(`WHERE o.state = 'accepted' AND o.class = 'message' AND o.accepted_at < ? ORDER BY o.id LIMIT ?`, [
        beforeMs,
        limit,
      ]),
    waitingCount: () => db.row<{ count: number }>(WAITING)?.count ?? 0,
    waitingMessageCount: () => db.row<{ count: number }>(WAITING_MESSAGES)?.count ?? 0,
    unsealAll: () => void db.run(`UPDATE outbox SET ${UNSEND}`),
    unsealConversation: (conversationId) =>
      void db.run(
        `UPDATE outbox SET ${UNSEND} WHERE class <> 'handshake'
          AND conversation = (SELECT id FROM conversations WHERE conversation_id = ?)`,
        [idToBlob(conversationId)],
      ),
    removeOpenings: () => void db.run(`DELETE FROM outbox WHERE class = 'handshake'`),
  };
};

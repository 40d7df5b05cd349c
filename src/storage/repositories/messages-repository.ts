import type { DeliveryState } from '../../domain/delivery.ts';
import type { AccountId, ConversationId, MessageId } from '../../domain/ids.ts';
import type { TimelinePosition } from '../../domain/timeline-position.ts';
import type { SqlConnection } from '../database.ts';
import { idToBlob, toColumn } from './columns.ts';
import { createCountersRepository } from './counters-repository.ts';
import { deliveryToColumns } from './delivery-columns.ts';
import { createEarlierIndex } from './earlier-index.ts';
import {
  MESSAGE_COLUMNS,
  MESSAGE_JOINS,
  positionToColumns,
  rowToMessage,
  type Author,
  type MessageContent,
  type MessageRow,
  type StoredMessage,
} from './message-rows.ts';
import { createSearchIndex } from './search-index.ts';

/**
 * Writing messages. Every method that changes a timeline also keeps what follows from it: the full-text index, the
 * conversation's unread count and its newest message. All of a call belongs into one transaction of the caller's.
 */
export interface MessagesRepository {
  /** A message by somebody else, or by another device of ours, at the place where the relay put it. */
  insertReceived(
    conversationId: ConversationId,
    content: MessageContent,
    options: { readonly position: TimelinePosition; readonly isMine: boolean },
  ): StoredMessage;

  /** A message written here: last in its conversation until the relay takes it. */
  insertOwn(conversationId: ConversationId, content: MessageContent): StoredMessage;

  /** A line written by the app, before whatever stands at `position`. Counts as neither unread nor newest. */
  insertNotice(conversationId: ConversationId, content: MessageContent, position: TimelinePosition): StoredMessage;

  /**
   * True for every message of this account that was ever stored here, also after it was deleted. The device does not
   * matter: one that was replaced by another says the same once more.
   */
  hasSeen(accountId: AccountId, messageId: MessageId): boolean;

  /** It was here, whoever wrote it, and was removed. */
  isDeleted(messageId: MessageId): boolean;

  /** The relay took an own message: it moves to its final place. False where it is gone or has moved already. */
  accept(message: StoredMessage, position: TimelinePosition, relayAtMs: number): boolean;

  setDelivery(arrival: number, state: DeliveryState): void;

  /** Removes a message from this device; its id stays known. False where there is none. */
  remove(arrival: number): boolean;

  /** Whether the conversation has a message or notice of this kind that was stored at `sinceMs` or later. */
  hasKind(conversationId: ConversationId, kind: number, sinceMs: number): boolean;

  byArrival(arrival: number): StoredMessage | undefined;
  byId(accountId: AccountId, messageId: MessageId): StoredMessage | undefined;
  /** Whoever wrote it: its author chooses the id, and two devices may claim the same one. Oldest first. */
  byMessageId(messageId: MessageId): readonly StoredMessage[];

  count(): number;
}

export const createMessagesRepository = (db: SqlConnection): MessagesRepository => {
  const counters = createCountersRepository(db);
  const index = createSearchIndex(db);
  const earlierIndex = createEarlierIndex(db);
  const SELECT = `SELECT ${MESSAGE_COLUMNS} FROM messages m ${MESSAGE_JOINS}`;

  const byArrival = (arrival: number): StoredMessage | undefined => {
    const row = db.row<MessageRow>(`${SELECT} WHERE m.arrival = ?`, [arrival]);
    return row && rowToMessage(row);
  };

  const conversationRowOf = (conversationId: ConversationId): number => {
    const row = db.row<{ id: number }>('SELECT id FROM conversations WHERE conversation_id = ?', [
      idToBlob(conversationId),
    ]);
    if (row === undefined) throw new Error('a message for a conversation that is not stored');
    return row.id;
  };

  const findAuthor = ({ accountId, deviceIndex }: Author): number | undefined =>
    db.row<{ id: number }>('SELECT id FROM authors WHERE account_id = ? AND device_index = ?', [
      idToBlob(accountId),
      deviceIndex,
    ])?.id;

  const authorRowOf = (author: Author): number => {
    const known = findAuthor(author);
    if (known !== undefined) return known;
    const added = db.row<{ id: number }>('INSERT INTO authors (account_id, device_index) VALUES (?, ?) RETURNING id', [
      idToBlob(author.accountId),
      author.deviceIndex,
    ]);
    if (added === undefined) throw new Error('an author that was not added');
    return added.id;
  };

  const arrivalOf = (accountId: AccountId, messageId: MessageId): number | undefined =>
    db.row<{ arrival: number }>(
      `SELECT i.arrival FROM message_ids i JOIN authors a ON a.id = i.author
        WHERE i.message_id = ? AND a.account_id = ? ORDER BY i.arrival`,
      [idToBlob(messageId), idToBlob(accountId)],
    )?.arrival;

  const insert = (
    conversation: number,
    content: MessageContent,
    at: {
      readonly position: TimelinePosition;
      readonly place: number;
      readonly isMine: boolean;
      readonly delivery: DeliveryState | undefined;
    },
  ): StoredMessage => {
    const arrival = counters.next('arrival');
    const author = authorRowOf(content.author);
    const id = idToBlob(content.messageId);
    db.run('INSERT INTO message_ids (message_id, author, arrival) VALUES (?, ?, ?)', [id, author, arrival]);
    db.run(
      `INSERT INTO messages (conversation, generation, sequence, place, arrival, message_id, author, is_mine, kind,
          format, text, body, hlc_wall, hlc_counter, sent_at, relay_at, stored_at, delivery, failure)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        conversation,
        ...positionToColumns(at.position),
        at.place,
        arrival,
        id,
        author,
        at.isMine ? 1 : 0,
        content.kind,
        content.format,
        toColumn(content.text),
        toColumn(content.body),
        content.time.wallMs,
        content.time.counter,
        content.sentAtMs,
        toColumn(content.relayAtMs),
        content.storedAtMs,
        ...deliveryToColumns(at.delivery),
      ],
    );
    index.noteAdded(arrival);
    const stored = byArrival(arrival);
    if (stored === undefined) throw new Error('a message that was not stored');
    return stored;
  };

  /** The list shows the message that stands last, which need not be the one that came last. */
  const updateNewest = (conversation: number): void =>
    void db.run(
      `UPDATE conversations SET last_arrival = (
          SELECT arrival FROM messages WHERE conversation = ?1 AND place = 0
            ORDER BY generation DESC, sequence DESC, place DESC LIMIT 1)
        WHERE id = ?1`,
      [conversation],
    );

  const raise = (conversation: number, atMs: number): void =>
    void db.run('UPDATE conversations SET sort_at = max(sort_at, ?) WHERE id = ?', [atMs, conversation]);

  return {
    insertReceived(conversationId, content, { position, isMine }) {
      const conversation = conversationRowOf(conversationId);
      const delivery: DeliveryState | undefined = isMine ? { tag: 'at-relay' } : undefined;
      const stored = insert(conversation, content, { position, place: 0, isMine, delivery });
      updateNewest(conversation);
      raise(conversation, content.relayAtMs ?? content.storedAtMs);
      if (!isMine) {
        db.run(
          `UPDATE conversations SET unread_count = unread_count + 1
            WHERE id = ? AND (read_generation, read_sequence) < (?, ?)`,
          [conversation, ...positionToColumns(position)],
        );
      }
      return stored;
    },

    insertOwn(conversationId, content) {
      const conversation = conversationRowOf(conversationId);
      const position = { pending: counters.next('pending') };
      const stored = insert(conversation, content, { position, place: 0, isMine: true, delivery: { tag: 'stored' } });
      updateNewest(conversation);
      raise(conversation, content.storedAtMs);
      return stored;
    },

    insertNotice(conversationId, content, position) {
      const conversation = conversationRowOf(conversationId);
      const lowest = db.row<{ place: number }>(
        `SELECT min(place, 0) AS place FROM messages WHERE conversation = ? AND generation = ? AND sequence = ?
          ORDER BY place LIMIT 1`,
        [conversation, ...positionToColumns(position)],
      );
      const place = (lowest?.place ?? 0) - 1;
      return insert(conversation, content, { position, place, isMine: false, delivery: undefined });
    },

    hasSeen: (accountId, messageId) => arrivalOf(accountId, messageId) !== undefined,

    isDeleted(messageId) {
      const ids = 'SELECT arrival FROM message_ids WHERE message_id = ?';
      const gone = `SELECT 1 FROM (${ids}) WHERE arrival NOT IN (SELECT arrival FROM messages WHERE arrival IN (${ids}))`;
      return db.row(gone, [idToBlob(messageId), idToBlob(messageId)]) !== undefined;
    },

    accept(message, position, relayAtMs) {
      if (!('pending' in message.position)) return false;
      const changed = db.run(
        `UPDATE messages SET generation = ?, sequence = ?, relay_at = ?, delivery = 'at-relay', failure = NULL
          WHERE arrival = ?`,
        [...positionToColumns(position), relayAtMs, message.arrival],
      );
      if (changed === 0) return false;
      const conversation = conversationRowOf(message.conversationId);
      updateNewest(conversation);
      raise(conversation, relayAtMs);
      return true;
    },

    setDelivery: (arrival, state) =>
      void db.run('UPDATE messages SET delivery = ?, failure = ? WHERE arrival = ?', [
        ...deliveryToColumns(state),
        arrival,
      ]),

    remove(arrival) {
      const message = byArrival(arrival);
      if (message === undefined) return false;
      const conversation = conversationRowOf(message.conversationId);
      if (message.text !== undefined) earlierIndex.remove(arrival, message.text);
      db.run('DELETE FROM messages WHERE arrival = ?', [arrival]);
      index.noteChanged();
      db.run('DELETE FROM receipts WHERE arrival = ?', [arrival]);
      // Nothing could be said in it any more: `owed` would name this conversation for ever.
      db.run('DELETE FROM receipts_owed WHERE conversation = ? AND arrival = ?', [conversation, arrival]);
      if (!message.isMine && message.place === 0) {
        db.run(
          `UPDATE conversations SET unread_count = unread_count - 1
            WHERE id = ? AND unread_count > 0 AND (read_generation, read_sequence) < (?, ?)`,
          [conversation, ...positionToColumns(message.position)],
        );
      }
      updateNewest(conversation);
      return true;
    },

    hasKind: (conversationId, kind, sinceMs) =>
      db.row(
        `SELECT 1 FROM messages WHERE conversation = (SELECT id FROM conversations WHERE conversation_id = ?)
          AND kind = ? AND stored_at >= ?`,
        [idToBlob(conversationId), kind, sinceMs],
      ) !== undefined,

    byArrival,

    byId(accountId, messageId) {
      const arrival = arrivalOf(accountId, messageId);
      return arrival === undefined ? undefined : byArrival(arrival);
    },

    byMessageId: (messageId) =>
      db
        .rows<MessageRow>(
          `SELECT ${MESSAGE_COLUMNS} FROM message_ids i JOIN messages m ON m.arrival = i.arrival ${MESSAGE_JOINS}
            WHERE i.message_id = ? ORDER BY m.arrival`,
          [idToBlob(messageId)],
        )
        .map(rowToMessage),

    count: () => db.row<{ value: number }>(`SELECT value FROM counters WHERE name = 'messages'`)?.value ?? 0,
  };
};

import type { ConversationId, MessageId } from '../../domain/ids.ts';
import type { SqlConnection } from '../database.ts';
import { blobToId, idToBlob, type Blob } from './columns.ts';
import type { Author } from './message-rows.ts';

export type ReceiptKind = 'delivered' | 'read';

export interface OwedReceipts {
  readonly conversationId: ConversationId;
  readonly messageIds: readonly MessageId[];
}

export interface ReceiptsRepository {
  /** A device of somebody else has this message of ours. False where that was known. */
  add(arrival: number, from: Author, kind: ReceiptKind, atMs: number): boolean;

  /** In the transaction that stores a received message: its sender is to be told. */
  owe(conversationId: ConversationId, arrival: number): void;
  /** Conversations in which receipts are owed, each with its oldest `limit`. */
  owed(limit: number): readonly OwedReceipts[];
  /** In the transaction that puts the receipts into the outbox. */
  settle(owed: OwedReceipts): void;
}

const CONVERSATION = '(SELECT id FROM conversations WHERE conversation_id = ?)';

export const createReceiptsRepository = (db: SqlConnection): ReceiptsRepository => ({
  add(arrival, { accountId, deviceIndex }, kind, atMs) {
    const account = idToBlob(accountId);
    db.run('INSERT OR IGNORE INTO authors (account_id, device_index) VALUES (?, ?)', [account, deviceIndex]);
    const added = db.run(
      `INSERT OR IGNORE INTO receipts (arrival, author, kind, at)
        SELECT ?, id, ?, ? FROM authors WHERE account_id = ? AND device_index = ?`,
      [arrival, kind, atMs, account, deviceIndex],
    );
    return added === 1;
  },

  owe: (conversationId, arrival) =>
    void db.run(`INSERT OR IGNORE INTO receipts_owed (conversation, arrival) VALUES (${CONVERSATION}, ?)`, [
      idToBlob(conversationId),
      arrival,
    ]),

  owed: (limit) =>
    db
      .rows<{ conversation: number; conversation_id: Blob }>(
        `SELECT DISTINCT o.conversation, c.conversation_id FROM receipts_owed o
          JOIN conversations c ON c.id = o.conversation ORDER BY o.conversation`,
      )
      .map(({ conversation, conversation_id }) => ({
        conversationId: blobToId<ConversationId>(conversation_id),
        messageIds: db
          .rows<{ message_id: Blob }>(
            `SELECT m.message_id FROM receipts_owed o JOIN messages m ON m.arrival = o.arrival
              WHERE o.conversation = ? ORDER BY o.arrival LIMIT ?`,
            [conversation, limit],
          )
          .map((row) => blobToId<MessageId>(row.message_id)),
      })),

  settle({ conversationId, messageIds }) {
    for (const messageId of messageIds) {
      db.run(
        `DELETE FROM receipts_owed WHERE conversation = ${CONVERSATION}
          AND arrival IN (SELECT arrival FROM message_ids WHERE message_id = ?)`,
        [idToBlob(conversationId), idToBlob(messageId)],
      );
    }
  },
});

import type { DeliveryState } from '../../domain/delivery.ts';
import type { HybridTime } from '../../domain/hybrid-time.ts';
import type { AccountId, ConversationId, MessageId } from '../../domain/ids.ts';
import type { TimelinePosition } from '../../domain/timeline-position.ts';
import { blobToId, fromColumn, type Blob } from './columns.ts';
import { columnsToDelivery } from './delivery-columns.ts';

/** A device of an account: the MLS sender, never a field of the message. */
export interface Author {
  readonly accountId: AccountId;
  readonly deviceIndex: number;
}

export interface MessageContent {
  readonly messageId: MessageId;
  readonly author: Author;
  /** Kind and format of the payload; kinds below 0 are notices of the app. */
  readonly kind: number;
  readonly format: number;
  /** What is found by search; undefined for everything that is not text. */
  readonly text: string | undefined;
  /** The payload's body where it is no text, in particular of kinds that this release does not know. */
  readonly body: Uint8Array | undefined;
  readonly time: HybridTime;
  /** The sender's word. */
  readonly sentAtMs: number;
  /** The relay's word; undefined until it took the message. */
  readonly relayAtMs: number | undefined;
  readonly storedAtMs: number;
}

export interface StoredMessage extends MessageContent {
  readonly conversationId: ConversationId;
  readonly position: TimelinePosition;
  /** 0, or below 0 for notices that stand before the message at this position. */
  readonly place: number;
  /** Under which the message came to this device; monotone. */
  readonly arrival: number;
  readonly isMine: boolean;
  /** Own messages only. */
  readonly delivery: DeliveryState | undefined;
}

/** Own messages that the relay has not taken stand behind every generation (u32). */
export const PENDING_GENERATION = 2 ** 32;

export const positionToColumns = (position: TimelinePosition): readonly [generation: number, sequence: number] =>
  'pending' in position ? [PENDING_GENERATION, position.pending] : [position.generation, position.sequence];

export const columnsToPosition = (generation: number, sequence: number): TimelinePosition =>
  generation === PENDING_GENERATION ? { pending: sequence } : { generation, sequence };

export interface MessageRow {
  readonly conversation_id: Blob;
  readonly generation: number;
  readonly sequence: number;
  readonly place: number;
  readonly arrival: number;
  readonly message_id: Blob;
  readonly account_id: Blob;
  readonly device_index: number;
  readonly is_mine: number;
  readonly kind: number;
  readonly format: number;
  readonly text: string | null;
  readonly body: Blob | null;
  readonly hlc_wall: number;
  readonly hlc_counter: number;
  readonly sent_at: number;
  readonly relay_at: number | null;
  readonly stored_at: number;
  readonly delivery: string | null;
  readonly failure: string | null;
}

/** Of `messages m`, with its author and conversation. Indexes are named by the joins' columns. */
export const MESSAGE_COLUMNS = `c.conversation_id, m.generation, m.sequence, m.place, m.arrival, m.message_id,
  a.account_id, a.device_index, m.is_mine, m.kind, m.format, m.text, m.body, m.hlc_wall, m.hlc_counter, m.sent_at,
  m.relay_at, m.stored_at, m.delivery, m.failure`;
export const MESSAGE_JOINS = `JOIN conversations c ON c.id = m.conversation JOIN authors a ON a.id = m.author`;

export const rowToMessage = (row: MessageRow): StoredMessage => ({
  messageId: blobToId<MessageId>(row.message_id),
  conversationId: blobToId<ConversationId>(row.conversation_id),
  position: columnsToPosition(row.generation, row.sequence),
  place: row.place,
  arrival: row.arrival,
  author: { accountId: blobToId<AccountId>(row.account_id), deviceIndex: row.device_index },
  isMine: row.is_mine === 1,
  kind: row.kind,
  format: row.format,
  text: fromColumn(row.text),
  body: fromColumn(row.body),
  time: { wallMs: row.hlc_wall, counter: row.hlc_counter },
  sentAtMs: row.sent_at,
  relayAtMs: fromColumn(row.relay_at),
  storedAtMs: row.stored_at,
  delivery: columnsToDelivery(row.delivery, row.failure),
});

import type { DeliveryState } from '../../domain/delivery.ts';
import { fromColumn } from './columns.ts';
import { columnsToDelivery } from './delivery-columns.ts';

/** The newest message of a conversation, as its line in the list shows it. */
export interface LastMessage {
  /** Undefined where it is no text. Cut to what a line can show. */
  readonly text: string | undefined;
  readonly kind: number;
  readonly isMine: boolean;
  readonly atMs: number;
  readonly delivery: DeliveryState | undefined;
}

export interface LastMessageRow {
  readonly last_text: string | null;
  readonly last_kind: number | null;
  readonly last_is_mine: number | null;
  readonly last_at: number | null;
  readonly last_delivery: string | null;
  readonly last_failure: string | null;
}

const PREVIEW_CHARACTERS = 200;

/** Of the table alias `m`. */
export const LAST_MESSAGE_COLUMNS = `substr(m.text, 1, ${PREVIEW_CHARACTERS}) AS last_text, m.kind AS last_kind,
  m.is_mine AS last_is_mine, coalesce(m.relay_at, m.stored_at) AS last_at, m.delivery AS last_delivery,
  m.failure AS last_failure`;

export const lastMessageOf = (row: LastMessageRow): LastMessage | undefined => {
  if (row.last_kind === null || row.last_at === null) return undefined;
  return {
    text: fromColumn(row.last_text),
    kind: row.last_kind,
    isMine: row.last_is_mine === 1,
    atMs: row.last_at,
    delivery: columnsToDelivery(row.last_delivery, row.last_failure),
  };
};

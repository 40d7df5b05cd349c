import type { ConversationId } from '../../domain/ids.ts';
import type { TimelinePosition } from '../../domain/timeline-position.ts';
import type { SqlConnection } from '../database.ts';
import { idToBlob } from './columns.ts';
import {
  MESSAGE_COLUMNS,
  MESSAGE_JOINS,
  PENDING_GENERATION,
  positionToColumns,
  rowToMessage,
  type MessageRow,
  type StoredMessage,
} from './message-rows.ts';

export interface TimelinePage {
  /** Oldest first. */
  readonly messages: readonly StoredMessage[];
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
}

/** Reading a conversation by position, never by count: a page costs the same at any depth. */
export interface TimelineRepository {
  newest(conversationId: ConversationId, limit: number): TimelinePage;
  before(conversationId: ConversationId, position: TimelinePosition, limit: number): TimelinePage;
  after(conversationId: ConversationId, position: TimelinePosition, limit: number): TimelinePage;
  /** About `limit` messages with the one at `position` in the middle. */
  around(conversationId: ConversationId, position: TimelinePosition, limit: number): TimelinePage;
  /** The oldest message by others behind the read mark. */
  firstUnread(conversationId: ConversationId): StoredMessage | undefined;
  /** Moves the read mark forward, never back, and counts what is left behind it. */
  markRead(conversationId: ConversationId, upTo: TimelinePosition): void;
}

/** One screen in one direction. `isMore`: there is something beyond. */
interface Run {
  readonly rows: readonly MessageRow[];
  readonly isMore: boolean;
}

const CONVERSATION = '(SELECT id FROM conversations WHERE conversation_id = ?)';
const FROM = `FROM messages m ${MESSAGE_JOINS} WHERE m.conversation = ${CONVERSATION}`;
const OLDER = `SELECT ${MESSAGE_COLUMNS} ${FROM} AND (m.generation, m.sequence) < (?, ?)
  ORDER BY m.generation DESC, m.sequence DESC, m.place DESC LIMIT ?`;
const NEWER = `SELECT ${MESSAGE_COLUMNS} ${FROM} AND (m.generation, m.sequence) > (?, ?)
  ORDER BY m.generation, m.sequence, m.place LIMIT ?`;
const AT = `SELECT ${MESSAGE_COLUMNS} ${FROM} AND m.generation = ? AND m.sequence = ? ORDER BY m.place`;

type Place = readonly [generation: number, sequence: number];

const END: Place = [PENDING_GENERATION + 1, 0];

export const createTimelineRepository = (db: SqlConnection): TimelineRepository => {
  const at = (conversation: Uint8Array, place: Place): MessageRow[] =>
    db.rows<MessageRow>(AT, [conversation, ...place]);

  /**
   * Up to `limit` rows beyond `place`. Pages are told by position, and notices share one with a message, so a position
   * is never divided between two pages: its rows are added where the limit cut it.
   */
  const run = (sql: string, conversation: Uint8Array, place: Place, limit: number): Run => {
    const found = db.rows<MessageRow>(sql, [conversation, ...place, limit + 1]);
    const beyond = found[limit];
    const last = found[limit - 1];
    if (beyond === undefined || last === undefined) return { rows: found, isMore: false };
    const whole = found.slice(0, limit);
    if (beyond.generation !== last.generation || beyond.sequence !== last.sequence)
      return { rows: whole, isMore: true };
    const others = whole.filter((row) => row.generation !== last.generation || row.sequence !== last.sequence);
    const shared = at(conversation, [last.generation, last.sequence]);
    const rows = [...others, ...(sql === OLDER ? shared.reverse() : shared)];
    const isMore = db.row(sql, [conversation, last.generation, last.sequence, 1]) !== undefined;
    return { rows, isMore };
  };

  const older = (conversation: Uint8Array, place: Place, limit: number): Run => {
    const { rows, isMore } = run(OLDER, conversation, place, limit);
    return { rows: [...rows].reverse(), isMore };
  };
  const newer = (conversation: Uint8Array, place: Place, limit: number): Run => run(NEWER, conversation, place, limit);

  const pageOf = (rows: readonly MessageRow[], hasOlder: boolean, hasNewer: boolean): TimelinePage => ({
    messages: rows.map(rowToMessage),
    hasOlder,
    hasNewer,
  });

  return {
    newest(conversationId, limit) {
      const { rows, isMore } = older(idToBlob(conversationId), END, limit);
      return pageOf(rows, isMore, false);
    },

    before(conversationId, position, limit) {
      const conversation = idToBlob(conversationId);
      const place = positionToColumns(position);
      const { rows, isMore } = older(conversation, place, limit);
      // Whatever stands at or behind `position` is newer than this page.
      const hasNewer = at(conversation, place).length > 0 || newer(conversation, place, 1).rows.length > 0;
      return pageOf(rows, isMore, hasNewer);
    },

    after(conversationId, position, limit) {
      const conversation = idToBlob(conversationId);
      const place = positionToColumns(position);
      const { rows, isMore } = newer(conversation, place, limit);
      const hasOlder = at(conversation, place).length > 0 || older(conversation, place, 1).rows.length > 0;
      return pageOf(rows, hasOlder, isMore);
    },

    around(conversationId, position, limit) {
      const conversation = idToBlob(conversationId);
      const place = positionToColumns(position);
      const half = Math.max(1, limit >> 1);
      const before = older(conversation, place, half);
      const behind = newer(conversation, place, half);
      return pageOf([...before.rows, ...at(conversation, place), ...behind.rows], before.isMore, behind.isMore);
    },

    firstUnread(conversationId) {
      const row = db.row<MessageRow>(
        `SELECT ${MESSAGE_COLUMNS} ${FROM} AND (m.generation, m.sequence) > (c.read_generation, c.read_sequence)
          AND m.is_mine = 0 AND m.place = 0 ORDER BY m.generation, m.sequence, m.place LIMIT 1`,
        [idToBlob(conversationId)],
      );
      return row && rowToMessage(row);
    },

    markRead(conversationId, upTo) {
      const conversation = idToBlob(conversationId);
      const place = positionToColumns(upTo);
      const isForward = db.run(
        `UPDATE conversations SET read_generation = ?, read_sequence = ?
          WHERE conversation_id = ? AND (read_generation, read_sequence) < (?, ?)`,
        [...place, conversation, ...place],
      );
      if (isForward === 0) return;
      db.run(
        `UPDATE conversations SET unread_count = (
            SELECT count(*) FROM messages m WHERE m.conversation = conversations.id
              AND (m.generation, m.sequence) > (?, ?) AND m.is_mine = 0 AND m.place = 0)
          WHERE conversation_id = ?`,
        [...place, conversation],
      );
    },
  };
};

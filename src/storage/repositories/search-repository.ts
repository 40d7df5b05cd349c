import type { ConversationId } from '../../domain/ids.ts';
import type { SqlConnection } from '../database.ts';
import { idToBlob } from './columns.ts';
import { createFullTextIndex } from './full-text-index.ts';
import { MESSAGE_COLUMNS, MESSAGE_JOINS, rowToMessage, type MessageRow, type StoredMessage } from './message-rows.ts';

export interface SearchHit {
  readonly message: StoredMessage;
  /** Text around the first match; every second part, from the second on, is a match. */
  readonly snippet: readonly string[];
}

export interface SearchRepository {
  /**
   * Messages with all words of `query`, the last one as a prefix, newest first by arrival. Case and diacritics do not
   * matter. A query without a letter or digit finds nothing.
   */
  search(options: {
    readonly query: string;
    readonly conversationId?: ConversationId | undefined;
    /** Arrival of the last hit of the page before. */
    readonly before?: number | undefined;
    readonly limit: number;
  }): readonly SearchHit[];
}

/** Unicode noncharacters, which no text contains: they mark where a match begins and ends. */
const MATCH_START = '\u{FDD0}';
const MATCH_END = '\u{FDD1}';
const SNIPPET_TOKENS = 16;

/** FTS5 first, by row id from the newest; each hit then finds its message by arrival. */
const searchSql = (condition: string): string => `SELECT ${MESSAGE_COLUMNS},
    snippet(message_text, 0, '${MATCH_START}', '${MATCH_END}', '…', ${SNIPPET_TOKENS}) AS snippet
  FROM message_text CROSS JOIN messages m ON m.arrival = message_text.rowid ${MESSAGE_JOINS}
  WHERE message_text MATCH ? AND message_text.rowid < ? ${condition}
  ORDER BY message_text.rowid DESC LIMIT ?`;

const EVERYWHERE = searchSql('');
const IN_CONVERSATION = searchSql('AND m.conversation = (SELECT id FROM conversations WHERE conversation_id = ?)');

/** The words as FTS5 phrases; quoted, so that nothing a person types is query syntax. */
export const toMatchExpression = (query: string): string | undefined => {
  const words = query.match(/[\p{L}\p{N}\p{M}\p{Co}]+/gu);
  return words === null ? undefined : `${words.map((word) => `"${word}"`).join(' ')}*`;
};

export const createSearchRepository = (db: SqlConnection): SearchRepository => {
  const fullText = createFullTextIndex(db);
  return {
    search({ query, conversationId, before = Number.MAX_SAFE_INTEGER, limit }) {
      const match = toMatchExpression(query);
      if (match === undefined) return [];
      fullText.catchUp();
      const rows =
        conversationId === undefined
          ? db.rows<MessageRow & { readonly snippet: string }>(EVERYWHERE, [match, before, limit])
          : db.rows<MessageRow & { readonly snippet: string }>(IN_CONVERSATION, [
              match,
              before,
              idToBlob(conversationId),
              limit,
            ]);
      return rows.map((row) => ({ message: rowToMessage(row), snippet: row.snippet.split(MATCH_MARKS) }));
    },
  };
};

const MATCH_MARKS = new RegExp(`[${MATCH_START}${MATCH_END}]`, 'u');

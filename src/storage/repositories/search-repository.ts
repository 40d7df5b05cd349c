import { LIMITS } from '../../domain/limits.ts';
import type { ConversationId } from '../../domain/ids.ts';
import type { SqlConnection } from '../database.ts';
import { matchText, type TextMatches } from '../search/matches.ts';
import { loosen, termsOf, toExpression, type QueryTerm } from '../search/query.ts';
import { snippetOf } from '../search/snippet.ts';
import { idToBlob } from './columns.ts';
import { toEarlierExpression } from './earlier-index.ts';
import { MESSAGE_COLUMNS, MESSAGE_JOINS, rowToMessage, type MessageRow, type StoredMessage } from './message-rows.ts';
import { createSearchIndex } from './search-index.ts';

export interface SearchHit {
  readonly message: StoredMessage;
  /** Text around the first match; every second part, from the second on, is a match. */
  readonly snippet: readonly string[];
}

export interface SearchOptions {
  readonly query: string;
  readonly conversationId?: ConversationId | undefined;
  /** Arrival of the last hit of the page before. */
  readonly before?: number | undefined;
  readonly limit: number;
  /** `newest`, unless said otherwise. `best` orders the newest 2,000 hits by how well they answer. */
  readonly order?: 'newest' | 'best' | undefined;
}

export interface SearchRepository {
  /**
   * Messages with all words of `query`, the last one as a prefix; in scripts without spaces, with its characters
   * anywhere. Case and diacritics do not matter. A query without a letter or digit finds nothing.
   */
  search(options: SearchOptions): readonly SearchHit[];
}

/** Rows that are looked through for a beginning before FTS5 is asked to merge all words that begin so. */
const LOOSE_ROWS_PER_HIT = 3;
const LOOSE_ROWS_MAX = 300;
/** Rows of one look: at least these, and more where many turn out not to match. */
const ROWS_MIN = 20;
const ROWS_MAX = 500;

type Row = MessageRow & { readonly text: string };
interface Candidate {
  readonly row: Row;
  readonly found: TextMatches;
}

/** FTS5 first, by row id from the newest; each hit then finds its message by arrival. */
const NEWEST = `SELECT ${MESSAGE_COLUMNS}
  FROM message_index CROSS JOIN messages m ON m.arrival = message_index.rowid ${MESSAGE_JOINS}
  WHERE message_index MATCH ? AND message_index.rowid < ? AND m.text IS NOT NULL
  ORDER BY message_index.rowid DESC LIMIT ?`;

const EARLIER = `SELECT ${MESSAGE_COLUMNS}
  FROM message_text CROSS JOIN messages m ON m.arrival = message_text.rowid ${MESSAGE_JOINS}
  WHERE message_text MATCH ? AND message_text.rowid < ? AND (?3 IS NULL OR m.conversation = ?3)
    AND m.text IS NOT NULL ORDER BY message_text.rowid DESC LIMIT ?`;

/** New texts for which the index had no room: fewer than sixty-four. */
const WAITING = `SELECT ${MESSAGE_COLUMNS} FROM messages m ${MESSAGE_JOINS}
  WHERE m.arrival > ? AND m.arrival < ? AND (?3 IS NULL OR m.conversation = ?3)
    AND m.text IS NOT NULL ORDER BY m.arrival DESC LIMIT ?`;

const matching = (rows: readonly Row[], terms: readonly QueryTerm[]): readonly Candidate[] =>
  rows.flatMap((row) => {
    const found = matchText(row.text, terms);
    return found === undefined ? [] : [{ row, found }];
  });

export const createSearchRepository = (db: SqlConnection): SearchRepository => {
  const index = createSearchIndex(db);

  /** Reads on from the newest until `limit` rows really match. */
  const collect = (
    read: (before: number, limit: number) => readonly Row[],
    terms: readonly QueryTerm[],
    { before, limit }: { readonly before: number; readonly limit: number },
  ): readonly Candidate[] => {
    const candidates: Candidate[] = [];
    let cursor = before;
    let asked = Math.max(ROWS_MIN, limit);
    while (candidates.length < limit) {
      const rows = read(cursor, asked);
      candidates.push(...matching(rows, terms));
      const last = rows[asked - 1];
      if (last === undefined) break;
      cursor = last.arrival;
      asked = Math.min(ROWS_MAX, 2 * asked);
    }
    return candidates.slice(0, limit);
  };

  /** A full page from among the newest rows with less of the last word, or nothing. */
  const collectLoosely = (
    terms: readonly QueryTerm[],
    conversation: number | undefined,
    { before, limit }: { readonly before: number; readonly limit: number },
  ): readonly Candidate[] | undefined => {
    const loose = loosen(terms);
    const asked = limit * LOOSE_ROWS_PER_HIT;
    if (loose === undefined || asked > LOOSE_ROWS_MAX) return undefined;
    const candidates = matching(db.rows<Row>(NEWEST, [toExpression(loose, conversation), before, asked]), terms);
    return candidates.length < limit ? undefined : candidates.slice(0, limit);
  };

  const conversationRowOf = (id: ConversationId): number | undefined =>
    db.row<{ id: number }>('SELECT id FROM conversations WHERE conversation_id = ?', [idToBlob(id)])?.id;

  /** What is not in the index yet is found as the release before found it. */
  const collectEarlier = (
    options: SearchOptions & { readonly before: number },
    terms: readonly QueryTerm[],
    conversation: number | undefined,
  ): readonly Candidate[] => {
    const expression = toEarlierExpression(options.query);
    const before = Math.min(options.before, index.from() + 1);
    const isAnyLeft = db.row('SELECT 1 FROM messages WHERE arrival < ? LIMIT 1', [before]) !== undefined;
    if (expression === undefined || !isAnyLeft) return [];
    const read = (cursor: number, limit: number): readonly Row[] =>
      db.rows<Row>(EARLIER, [expression, cursor, conversation ?? null, limit]);
    return collect(read, terms, { before, limit: options.limit });
  };

  const newest = (options: SearchOptions & { readonly before: number }): readonly Candidate[] => {
    const terms = termsOf(options.query);
    if (terms.length === 0) return [];
    const { conversationId, limit } = options;
    const conversation = conversationId === undefined ? undefined : conversationRowOf(conversationId);
    if (conversationId !== undefined && conversation === undefined) return [];
    // Nobody is told that a message is not there because the disk is full.
    const waiting = index.catchUp() ? [] : collectWaiting(terms, conversation, options);
    if (waiting.length === limit) return waiting;
    return [...waiting, ...indexed({ ...options, limit: limit - waiting.length }, terms, conversation)];
  };

  const collectWaiting = (
    terms: readonly QueryTerm[],
    conversation: number | undefined,
    options: { readonly before: number; readonly limit: number },
  ): readonly Candidate[] => {
    const to = index.to();
    const read = (cursor: number, count: number): readonly Row[] =>
      db.rows<Row>(WAITING, [to, cursor, conversation ?? null, count]);
    return collect(read, terms, options);
  };

  const indexed = (
    options: SearchOptions & { readonly before: number },
    terms: readonly QueryTerm[],
    conversation: number | undefined,
  ): readonly Candidate[] => {
    const loosely = collectLoosely(terms, conversation, options);
    if (loosely !== undefined) return loosely;
    const expression = toExpression(terms, conversation);
    const read = (cursor: number, count: number): readonly Row[] => db.rows<Row>(NEWEST, [expression, cursor, count]);
    const candidates = collect(read, terms, options);
    if (candidates.length === options.limit) return candidates;
    const rest = collectEarlier({ ...options, limit: options.limit - candidates.length }, terms, conversation);
    return [...candidates, ...rest];
  };

  const best = (options: SearchOptions): readonly Candidate[] => {
    // Ranking reads the text of every hit.
    const candidates = newest({ ...options, before: Number.MAX_SAFE_INTEGER, limit: LIMITS.rankedMessages });
    const ranked = [...candidates].sort((a, b) => b.found.score - a.found.score || b.row.arrival - a.row.arrival);
    if (options.before === undefined) return ranked.slice(0, options.limit);
    const last = ranked.findIndex(({ row }) => row.arrival === options.before);
    return last === -1 ? [] : ranked.slice(last + 1, last + 1 + options.limit);
  };

  return {
    search(options) {
      const { order = 'newest', before = Number.MAX_SAFE_INTEGER } = options;
      const candidates = order === 'best' ? best(options) : newest({ ...options, before });
      return candidates.map(({ row, found }) => ({
        message: rowToMessage(row),
        snippet: snippetOf(row.text, found.matches),
      }));
    },
  };
};

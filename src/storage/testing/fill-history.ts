import { PAYLOAD_KIND } from '../../wire/payload.ts';
import type { Database } from '../database.ts';
import { idToBlob } from '../repositories/columns.ts';
import { createConversationsRepository } from '../repositories/conversations-repository.ts';
import type { Author } from '../repositories/message-rows.ts';
import { createSearchIndex } from '../repositories/search-index.ts';
import { createTimelineRepository } from '../repositories/timeline-repository.ts';
import { createHistory, type History, type HistoryMessage, type HistoryOptions } from './history.ts';

export interface FillOptions extends HistoryOptions {
  /** Messages of one transaction. */
  readonly batch?: number;
  /** After each transaction, with the messages that are stored by now. */
  readonly onProgress?: (stored: number) => void;
}

const BATCH = 1_000;
/** Chats whose last messages nobody has looked at yet. */
const UNREAD_EVERY = 7;
const UNREAD_MESSAGES = 20;
const FORMAT = 1;

/**
 * Stores a history in a database without messages, wherever a database is. The rows are those that `insertReceived`
 * leaves behind (the test compares them), written by fewer statements: a million messages are waited for.
 *
 * @throws Error where a transaction fails
 */
export const fillHistory = (db: Database, options: FillOptions): History => {
  const history = createHistory(options);
  const { batch = BATCH, onProgress } = options;
  const commit = (work: () => void): void => {
    const committed = db.transaction(work);
    if (!committed.ok) throw new Error(`the history was not stored: ${committed.error.tag}`);
  };

  commit(() => createHistoryChats(db, history));
  const writer = createWriter(db, history);
  let waiting: HistoryMessage[] = [];
  let stored = 0;
  const flush = (): void => {
    commit(() => writer.write(waiting));
    stored += waiting.length;
    waiting = [];
    onProgress?.(stored);
  };
  for (const message of history.messages()) {
    waiting.push(message);
    if (waiting.length === batch) flush();
  }
  if (waiting.length > 0) flush();
  commit(() => markHistoryRead(db, history, writer.newest));
  return history;
};

/** The first chat with somebody is the one of two; further ones with the same person are groups. */
export const createHistoryChats = (db: Database, { conversations }: History): void => {
  const rows = createConversationsRepository(db);
  const peers = new Set<string>();
  for (const { conversationId, title, people } of conversations) {
    const [peer] = people;
    const isDirect = people.length === 1 && peer !== undefined && !peers.has(peer.accountId);
    if (isDirect) peers.add(peer.accountId);
    rows.create({
      conversationId,
      kind: isDirect ? 'direct' : 'group',
      state: 'active',
      title: isDirect ? '' : title,
      peer: isDirect ? peer.accountId : undefined,
      generation: 0,
      groupId: undefined,
      createdAtMs: 0,
    });
  }
};

/** @param newest by conversation, the sequence of its newest message */
export const markHistoryRead = (
  db: Database,
  { conversations }: History,
  newest: ReadonlyMap<number, HistoryMessage>,
): void => {
  const timeline = createTimelineRepository(db);
  for (const [conversation, { sequence }] of newest) {
    const isUnread = conversation % UNREAD_EVERY === UNREAD_EVERY - 1;
    const unread = isUnread ? Math.min(sequence, UNREAD_MESSAGES) : 0;
    timeline.markRead(conversations[conversation]!.conversationId, { generation: 0, sequence: sequence - unread });
  }
};

interface Writer {
  /** In one transaction. */
  write(messages: readonly HistoryMessage[]): void;
  readonly newest: ReadonlyMap<number, HistoryMessage>;
}

const createWriter = (db: Database, { conversations }: History): Writer => {
  const index = createSearchIndex(db);
  const newest = new Map<number, HistoryMessage>();
  const authors = new Map<Author, number>();
  const rowOf = db
    .rows<{ id: number }>('SELECT id FROM conversations ORDER BY id')
    .map(({ id }) => id)
    .slice(-conversations.length);
  let arrival = db.row<{ value: number }>(`SELECT value FROM counters WHERE name = 'arrival'`)?.value ?? 0;

  const addAuthor = (author: Author): number => {
    const account = idToBlob(author.accountId);
    db.run('INSERT OR IGNORE INTO authors (account_id, device_index) VALUES (?, ?)', [account, author.deviceIndex]);
    const row = db.row<{ id: number }>('SELECT id FROM authors WHERE account_id = ? AND device_index = ?', [
      account,
      author.deviceIndex,
    ]);
    authors.set(author, row!.id);
    return row!.id;
  };

  const insert = (message: HistoryMessage): void => {
    arrival += 1;
    const { isMine, atMs } = message;
    const author = authors.get(message.author) ?? addAuthor(message.author);
    const id = idToBlob(message.messageId);
    db.run('INSERT INTO message_ids (message_id, author, arrival) VALUES (?, ?, ?)', [id, author, arrival]);
    db.run(
      `INSERT INTO messages (conversation, generation, sequence, arrival, message_id, author, is_mine, kind, format,
          text, hlc_wall, hlc_counter, sent_at, relay_at, stored_at, delivery)
        VALUES (?1, 0, ?2, ?3, ?4, ?5, ?6, ${PAYLOAD_KIND.text}, ${FORMAT}, ?7, ?8, 0, ?8, ?8, ?8, ?9)`,
      [
        rowOf[message.conversation]!,
        message.sequence,
        arrival,
        id,
        author,
        isMine ? 1 : 0,
        message.text,
        atMs,
        isMine ? 'at-relay' : null,
      ],
    );
    newest.set(message.conversation, message);
    changed.set(message.conversation, { arrival, atMs });
  };
  const changed = new Map<number, { readonly arrival: number; readonly atMs: number }>();

  return {
    newest,
    write(messages) {
      changed.clear();
      messages.forEach(insert);
      for (const [conversation, last] of changed) {
        db.run('UPDATE conversations SET last_arrival = ?, sort_at = ? WHERE id = ?', [
          last.arrival,
          last.atMs,
          rowOf[conversation]!,
        ]);
      }
      db.run(`UPDATE counters SET value = ? WHERE name = 'arrival'`, [arrival]);
      index.catchUp();
    },
  };
};

import type { Database } from '../database.ts';
import { createSearchRepository } from '../repositories/search-repository.ts';

/**
 * What a frozen database must still say when a later release opens it: the columns of the first schema, by name. Never
 * changed, because the files it is compared with are not.
 */
export const frozenContent = (db: Database): unknown => ({
  messages: db.rows('SELECT arrival, sequence, hex(message_id) AS id, text, delivery FROM messages ORDER BY arrival'),
  outbox: db.rows('SELECT id, state, hex(deposit_id) AS deposit, hex(payload) AS payload FROM outbox ORDER BY id'),
  conversations: db.rows('SELECT hex(conversation_id) AS id, unread_count, sort_at FROM conversations ORDER BY id'),
  groups: db.rows('SELECT hex(group_id) AS id, own_counter, hex(hot) AS hot FROM groups ORDER BY id'),
  found: db.rows(`SELECT rowid FROM message_text WHERE message_text MATCH 'river OR hello OR paper' ORDER BY rowid`),
});

/** What is found in a database from schema 2 on, by the words of the workload. */
export const frozenSearch = (db: Database): unknown =>
  ['river', 'riv', 'angstrom', '山', 'winter quiet', 'nothing'].map((query) => ({
    query,
    found: createSearchRepository(db)
      .search({ query, limit: 100 })
      .map(({ message }) => message.arrival),
  }));

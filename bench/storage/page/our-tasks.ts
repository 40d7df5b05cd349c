/** What is measured through our own repositories, over our file system and over the plain one alike. */
import { createConversationsRepository } from '../../../src/storage/repositories/conversations-repository.ts';
import { createSearchRepository } from '../../../src/storage/repositories/search-repository.ts';
import { createTimelineRepository } from '../../../src/storage/repositories/timeline-repository.ts';
import type { Database } from '../../../src/storage/database.ts';
import { fillHistory } from '../../../src/storage/testing/fill-history.ts';
import { createHistory, type HistoryMessage } from '../../../src/storage/testing/history.ts';
import { seededChance } from '../../../src/storage/testing/storage-fixture.ts';
import { SEARCH_MIX } from '../../../src/storage/testing/search-mix.ts';
import type { Searched } from './worker-api.ts';

const SEED = 1;
const PAGE_MESSAGES = 50;
const HITS = 30;
const COMPARED_SETTINGS = [
  'journal_mode',
  'locking_mode',
  'synchronous',
  'page_size',
  'cache_size',
  'auto_vacuum',
  'secure_delete',
  'temp_store',
  'wal_autocheckpoint',
  'trusted_schema',
  'cell_size_check',
];

const timed = (work: () => void): number => {
  const begin = performance.now();
  work();
  return performance.now() - begin;
};

export const settingsOf = (db: Database): string =>
  JSON.stringify(COMPARED_SETTINGS.map((name) => db.row(`PRAGMA ${name}`)));

export const fill = (db: Database, messages: number): void => {
  fillHistory(db, { seed: SEED, messages });
  const kept = db.checkpoint();
  if (!kept.ok) throw new Error(`not moved out of the log: ${kept.error.tag}`);
};

/** What an unlocked account shows first. */
export const readFirstPage = (db: Database): void => {
  const [first] = createConversationsRepository(db).page({ limit: PAGE_MESSAGES });
  if (first === undefined) throw new Error('no conversation to show');
  const { messages } = createTimelineRepository(db).newest(first.conversationId, PAGE_MESSAGES);
  if (messages.length === 0) throw new Error('no message to show');
};

const PLACES = 5_000;
let places: readonly HistoryMessage[] = [];
let nextPlace = 0;

/** Places in a history with a whole page before them, each message as likely as any other. */
const placesIn = (messages: number): readonly HistoryMessage[] => {
  const chance = seededChance(SEED);
  const wanted = new Set(Array.from({ length: PLACES }, () => Math.floor(chance() * messages)));
  const found: HistoryMessage[] = [];
  let number = 0;
  for (const message of createHistory({ seed: SEED, messages }).messages()) {
    if (wanted.has(number) && message.sequence > PAGE_MESSAGES) found.push(message);
    number += 1;
  }
  // In the order of the history, neighbours would find each other's pages in the cache.
  return found.sort((left, right) => (left.messageId.slice(-8) < right.messageId.slice(-8) ? -1 : 1));
};

export const readPages = (db: Database, messages: number, count: number, warm: boolean): readonly number[] => {
  const { conversations } = createHistory({ seed: SEED, messages });
  const timeline = createTimelineRepository(db);
  if (places.length === 0) places = placesIn(messages);
  return Array.from({ length: count }, () => {
    const { conversation, sequence } = places[nextPlace++ % places.length] ?? {};
    const { conversationId } = conversations[conversation ?? -1] ?? {};
    if (conversationId === undefined || sequence === undefined) throw new Error('a place without a message');
    const read = (): void => void timeline.before(conversationId, { generation: 0, sequence }, PAGE_MESSAGES);
    if (warm) read();
    return timed(read);
  });
};

export const shrinkCache = (db: Database): void => {
  const pages = db.row<{ page_count: number }>('PRAGMA page_count')?.page_count ?? 0;
  db.run(`PRAGMA cache_size = ${Math.ceil(pages / 5)}`);
  db.run('PRAGMA shrink_memory');
};

/** The chats of a history are the same ones at every length, so each is searched for the same. */
export const search = (db: Database): readonly Searched[] => {
  const repository = createSearchRepository(db);
  const { conversations } = createHistory({ seed: SEED, messages: 1 });
  return SEARCH_MIX.map(({ name, query, chat }) => {
    const conversationId = chat === undefined ? undefined : conversations[chat]?.conversationId;
    let hits = 0;
    const ms = timed(() => {
      hits = repository.search({ query, conversationId, limit: HITS }).length;
    });
    return { name, ms, hits };
  });
};

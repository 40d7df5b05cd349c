/**
 * How long search and pages take in a long history, for whoever changes a statement:
 * `node src/storage/testing/measure-search.ts 100000`. In memory and under a cipher that only copies, so that the
 * figures are those of the schema; a browser and the real cipher add theirs.
 */
import { PAGE_OVERHEAD_BYTES, type PageCipher } from '../../crypto/page-cipher.ts';
import { PAGE_SUITES } from '../../crypto/suites.ts';
import type { Database } from '../database.ts';
import { createMemoryFileLayer } from '../file-layer-memory.ts';
import { createDatabase } from '../open-database.ts';
import { createConversationsRepository } from '../repositories/conversations-repository.ts';
import { databaseBytes } from '../repositories/database-bytes.ts';
import { createSearchRepository } from '../repositories/search-repository.ts';
import { createTimelineRepository } from '../repositories/timeline-repository.ts';
import { fillHistory } from './fill-history.ts';
import type { History } from './history.ts';
import { SEARCH_MIX } from './search-mix.ts';
import { testDeps, testOptions } from './storage-fixture.ts';

const HITS = 30;
const ROUNDS = 25;
const PAGE = 50;

const createCopyingCipher = (): PageCipher => ({
  suiteId: PAGE_SUITES.xchacha20Poly1305,
  overhead: PAGE_OVERHEAD_BYTES,
  seal: (page, _, record) => {
    record.set(page);
  },
  open: (record, _, page) => {
    page.set(record.subarray(0, page.length));
    return true;
  },
  destroy: () => undefined,
});

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const timed = (work: () => void): number => {
  const began = performance.now();
  work();
  return performance.now() - began;
};

const sayTimes = (name: string, taken: readonly number[]): void => {
  const sorted = [...taken].sort((a, b) => a - b);
  const figures = [0, 0.5, 0.95].map((share) => sorted[Math.floor((sorted.length - 1) * share)] ?? 0);
  say(name.padEnd(32) + figures.map((figure) => figure.toFixed(2).padStart(9)).join(''));
};

const repeat = (name: string, count: number, work: () => void): readonly number[] => {
  const taken = Array.from({ length: count }, () => timed(work));
  sayTimes(name, taken);
  return taken;
};

const measure = (db: Database, { conversations }: History): void => {
  say(''.padEnd(32) + ['best', 'p50', 'p95'].map((head) => head.padStart(9)).join('') + '  ms');
  const search = createSearchRepository(db);
  const all = SEARCH_MIX.flatMap(({ name, query, chat }) => {
    const conversationId = chat === undefined ? undefined : conversations[chat]?.conversationId;
    return repeat(name, ROUNDS, () => void search.search({ query, conversationId, limit: HITS }));
  });
  sayTimes('the whole mix', all);
  repeat('frequent word, best first', ROUNDS, () => void search.search({ query: 'the', limit: HITS, order: 'best' }));

  const timeline = createTimelineRepository(db);
  const chat = conversations[0]?.conversationId;
  if (chat === undefined) return;
  let page = timeline.newest(chat, PAGE);
  repeat('page of 50, further up each time', 10 * ROUNDS, () => {
    const [first] = page.messages;
    page =
      first === undefined || !page.hasOlder ? timeline.newest(chat, PAGE) : timeline.before(chat, first.position, PAGE);
  });
  repeat('list of 50 chats', ROUNDS, () => void createConversationsRepository(db).page({ limit: PAGE }));
};

const count = Number(process.argv[2] ?? 100_000);
const deps = await testDeps(createMemoryFileLayer());
const created = await createDatabase({ ...deps, createCipher: createCopyingCipher }, testOptions());
if (!created.ok) throw new Error(created.error.tag);
const db = created.value;
const began = performance.now();
const history = fillHistory(db, { seed: 1, messages: count });
const seconds = (performance.now() - began) / 1_000;
const index = db.row<{ bytes: number }>('SELECT total(length(block)) AS bytes FROM message_index_data')?.bytes ?? 0;
say(`${count} messages in ${seconds.toFixed(1)} s, ${(databaseBytes(db) / count).toFixed(0)} bytes for each,`);
say(`${(index / count).toFixed(1)} of them in the search index`);
measure(db, history);

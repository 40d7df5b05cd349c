/** Whatever a person waits for is found by an index: a history ten times as long costs the same. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { SqlConnection } from '../database.ts';
import { createMemoryFileLayer } from '../file-layer-memory.ts';
import { fillHistory } from '../testing/fill-history.ts';
import type { HistoryConversation } from '../testing/history.ts';
import { createTestDatabase } from '../testing/storage-fixture.ts';
import { createConversationsRepository } from './conversations-repository.ts';
import { createMessagesRepository } from './messages-repository.ts';
import { createOutboxRepository } from './outbox-repository.ts';
import { createSearchRepository } from './search-repository.ts';
import { createTimelineRepository } from './timeline-repository.ts';

/** Remembers each statement with its parameters. */
const watch = (db: SqlConnection, seen: Map<string, number>): SqlConnection => ({
  run: (sql, parameters) => (seen.set(sql, parameters?.length ?? 0), db.run(sql, parameters)),
  row: (sql, parameters) => (seen.set(sql, parameters?.length ?? 0), db.row(sql, parameters)),
  rows: (sql, parameters) => (seen.set(sql, parameters?.length ?? 0), db.rows(sql, parameters)),
  atomically: (work) => db.atomically(work),
});

describe('a statement that reads messages, conversations or the outbox', () => {
  let plain: SqlConnection;
  let db: SqlConnection;
  let chat: HistoryConversation;
  let seen: Map<string, number>;

  beforeEach(async () => {
    const database = await createTestDatabase(createMemoryFileLayer());
    const [first] = fillHistory(database, { seed: 1, messages: 300, conversations: 4 }).conversations;
    if (first === undefined) throw new Error('no chat');
    chat = first;
    seen = new Map();
    plain = database;
    db = watch(database, seen);
  });

  /** Steps of all plans so far, each with its statement. */
  const steps = (): readonly string[] =>
    [...seen].flatMap(([sql, count]) =>
      plain
        .rows<{ detail: string }>(
          `EXPLAIN QUERY PLAN ${sql}`,
          Array.from({ length: count }, () => 1),
        )
        .map(({ detail }) => `${detail} | ${sql}`),
    );

  /** Neither a table read through nor rows counted off. */
  const expectNoScan = (): void => {
    const plans = steps();
    expect(plans.length).toBeGreaterThan(0);
    for (const step of plans) {
      expect(step).not.toMatch(/^SCAN (?!message_(?:index|text)|index_removals|c USING INDEX)/u);
      expect(step).not.toContain('OFFSET');
    }
  };

  const expectNoSort = (): void => {
    for (const step of steps()) expect(step).not.toMatch(/^USE TEMP B-TREE/u);
  };

  it('of a conversation looks at its rows alone', () => {
    const timeline = createTimelineRepository(db);
    const { conversationId } = chat;
    timeline.newest(conversationId, 50);
    timeline.before(conversationId, { generation: 0, sequence: 40 }, 10);
    timeline.after(conversationId, { generation: 0, sequence: 40 }, 10);
    timeline.around(conversationId, { generation: 0, sequence: 40 }, 10);
    timeline.firstUnread(conversationId);
    timeline.markRead(conversationId, { generation: 0, sequence: 60 });
    expectNoScan();
    expectNoSort();
  });

  it('of the list walks along its index', () => {
    const conversations = createConversationsRepository(db);
    conversations.page({ limit: 2 });
    conversations.page({ after: { sortAtMs: 5, id: 1 }, limit: 2 });
    conversations.requests();
    conversations.read(chat.conversationId);
    expectNoScan();
    expectNoSort();
    expect(steps().some((step) => step.includes('conversations_requested'))).toBe(true);
  });

  it('of one message finds it, and all of them are counted already', () => {
    const messages = createMessagesRepository(db);
    expect(messages.count()).toBe(300);
    messages.byMessageId('00'.repeat(16) as never);
    messages.byArrival(2 ** 40 + 5);
    messages.remove(2 ** 40 + 5);
    expect(messages.count()).toBe(299);
    expectNoScan();
  });

  it('of search walks along the index of words, and stops', () => {
    const search = createSearchRepository(db);
    search.search({ query: 'the', limit: 5 });
    search.search({ query: 'the q', conversationId: chat.conversationId, before: 2 ** 40 + 200, limit: 5 });
    expectNoScan();
    expectNoSort();
    expect(steps().filter((step) => step.startsWith('SCAN message_index')).length).toBeGreaterThan(0);
  });

  it('of what waits looks at nothing that was accepted', () => {
    const outbox = createOutboxRepository(db);
    outbox.waitingCount();
    outbox.waitingMessageCount();
    outbox.sealed();
    const plans = steps();
    expect(plans.filter((step) => step.includes('outbox_waiting'))).toHaveLength(3);
    seen.clear();
    outbox.unreceipted(5, 5);
    expect(steps().some((step) => step.includes('outbox_unreceipted'))).toBe(true);
  });
});

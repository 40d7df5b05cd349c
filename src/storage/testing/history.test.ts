import { describe, expect, it } from 'vitest';
import { createMemoryFileLayer } from '../file-layer-memory.ts';
import { createConversationsRepository } from '../repositories/conversations-repository.ts';
import { createMessagesRepository } from '../repositories/messages-repository.ts';
import { createSearchIndex } from '../repositories/search-index.ts';
import { createSearchRepository } from '../repositories/search-repository.ts';
import { createTimelineRepository } from '../repositories/timeline-repository.ts';
import { createHistoryChats, fillHistory, markHistoryRead } from './fill-history.ts';
import { createHistory, HISTORY_OWNER, type HistoryMessage } from './history.ts';
import { wordOfRank } from './history-text.ts';
import { createTestDatabase } from './storage-fixture.ts';

const read = (seed: number, messages: number): HistoryMessage[] => [...createHistory({ seed, messages }).messages()];

describe('a made-up history', () => {
  const messages = read(1, 5_000);

  it('is the same for the same seed and another one for another', () => {
    expect(read(1, 5_000)).toEqual(messages);
    expect(read(2, 100)).not.toEqual(messages.slice(0, 100));
  });

  it('runs over years, in the order of its times, with ids of its own', () => {
    const times = messages.map(({ atMs }) => atMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.at(-1)! - times[0]!).toBeGreaterThan(3 * 365 * 24 * 3_600_000);
    expect(new Set(messages.map(({ messageId }) => messageId)).size).toBe(messages.length);
  });

  it('is written in few chats mostly, by oneself and by others, in many scripts, shortly mostly', () => {
    const sizes = new Map<number, number>();
    for (const { conversation } of messages) sizes.set(conversation, (sizes.get(conversation) ?? 0) + 1);
    const sorted = [...sizes.values()].sort((a, b) => b - a);
    expect(sorted[0]).toBeGreaterThan(messages.length / 10);
    expect(sizes.size).toBeGreaterThan(100);
    const share = (test: (message: HistoryMessage) => boolean): number =>
      messages.filter(test).length / messages.length;
    expect(share(({ isMine }) => isMine)).toBeGreaterThan(0.15);
    expect(share(({ text }) => /\p{sc=Han}/u.test(text))).toBeGreaterThan(0.03);
    expect(share(({ text }) => /\p{sc=Arab}/u.test(text))).toBeGreaterThan(0.01);
    expect(share(({ text }) => /[äöüß]/u.test(text))).toBeGreaterThan(0.02);
    expect(share(({ text }) => /\p{Extended_Pictographic}/u.test(text))).toBeGreaterThan(0.05);
    expect(share(({ text }) => text.includes('https://'))).toBeGreaterThan(0.01);
    expect(share(({ text }) => text.length < 100)).toBeGreaterThan(0.7);
    expect(Math.max(...messages.map(({ text }) => text.length))).toBeGreaterThan(400);
  });

  it('has rare words that look like words', () => {
    expect(wordOfRank('en', 0)).toBe('the');
    expect(wordOfRank('en', 20_000)).toMatch(/^[a-z]{4,}$/u);
    expect(wordOfRank('zh', 20_000)).toMatch(/^\p{sc=Han}{2}$/u);
  });

  it('leaves the rows that it would leave if every message had been received', async () => {
    const filled = await createTestDatabase(createMemoryFileLayer());
    const { conversations, messages: again } = fillHistory(filled, { seed: 3, messages: 400, batch: 150 });
    const received = await createTestDatabase(createMemoryFileLayer());
    const newest = new Map<number, HistoryMessage>();
    received.transaction(() => {
      createHistoryChats(received, { conversations, messages: again });
      const rows = createMessagesRepository(received);
      for (const message of again()) {
        const { conversation, messageId, author, text, atMs, sequence, isMine } = message;
        newest.set(conversation, message);
        rows.insertReceived(
          conversations[conversation]!.conversationId,
          {
            messageId,
            author,
            kind: 0,
            format: 1,
            text,
            body: undefined,
            time: { wallMs: atMs, counter: 0 },
            sentAtMs: atMs,
            relayAtMs: atMs,
            storedAtMs: atMs,
          },
          { position: { generation: 0, sequence }, isMine },
        );
      }
      markHistoryRead(received, { conversations, messages: again }, newest);
      createSearchIndex(received).catchUp();
    });
    for (const table of ['conversations', 'authors', 'messages', 'message_ids', 'counters']) {
      const sql = `SELECT * FROM ${table} ORDER BY 1, 2, 3`.replace('counters ORDER BY 1, 2, 3', 'counters');
      expect(filled.rows(sql), table).toEqual(received.rows(sql));
    }
  });

  it('fills a database that can be read, searched and looks used', async () => {
    const db = await createTestDatabase(createMemoryFileLayer());
    const progress: number[] = [];
    const { conversations } = fillHistory(db, {
      seed: 1,
      messages: 2_500,
      conversations: 30,
      onProgress: (stored) => progress.push(stored),
    });
    expect(progress).toEqual([1_000, 2_000, 2_500]);
    expect(createMessagesRepository(db).count()).toBe(2_500);
    const list = createConversationsRepository(db).page({ limit: 50 });
    expect(list.length).toBe(30);
    expect(list.filter(({ unreadCount }) => unreadCount > 0).length).toBeGreaterThan(0);
    expect(list.filter(({ unreadCount }) => unreadCount === 0).length).toBeGreaterThan(20);
    const page = createTimelineRepository(db).newest(conversations[0]!.conversationId, 50);
    expect(page.messages.some(({ author }) => author.accountId === HISTORY_OWNER.accountId)).toBe(true);
    expect(createSearchRepository(db).search({ query: 'the', limit: 10 })).toHaveLength(10);
    expect(db.row('PRAGMA integrity_check')).toEqual({ integrity_check: 'ok' });
  });
});

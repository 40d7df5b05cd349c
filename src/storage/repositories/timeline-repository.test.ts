import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AccountId, ConversationId, MessageId } from '../../domain/ids.ts';
import type { TimelinePosition } from '../../domain/timeline-position.ts';
import type { Database } from '../database.ts';
import { createMemoryFileLayer } from '../file-layer-memory.ts';
import { createTestDatabase } from '../testing/storage-fixture.ts';
import { createConversationsRepository, type ConversationsRepository } from './conversations-repository.ts';
import type { MessageContent, StoredMessage } from './message-rows.ts';
import { createMessagesRepository, type MessagesRepository } from './messages-repository.ts';
import { createSearchRepository } from './search-repository.ts';
import { createTimelineRepository, type TimelineRepository } from './timeline-repository.ts';

const CHAT = 'c1'.repeat(16) as ConversationId;
const OTHER = 'c2'.repeat(16) as ConversationId;
const ANNA = { accountId: 'a1'.repeat(32) as AccountId, deviceIndex: 0 };
const ME = { accountId: 'a2'.repeat(32) as AccountId, deviceIndex: 0 };

let db: Database;
let conversations: ConversationsRepository;
let messages: MessagesRepository;
let timeline: TimelineRepository;
let ids = 0;

beforeEach(async () => {
  db = await createTestDatabase(createMemoryFileLayer());
  conversations = createConversationsRepository(db);
  messages = createMessagesRepository(db);
  timeline = createTimelineRepository(db);
  for (const conversationId of [CHAT, OTHER]) {
    conversations.create({
      conversationId,
      kind: 'direct',
      state: 'active',
      title: '',
      peer: undefined,
      generation: 0,
      groupId: undefined,
      createdAtMs: 1,
    });
  }
});

const content = (author: MessageContent['author'], text: string, atMs = 1_000): MessageContent => ({
  messageId: (ids += 1).toString(16).padStart(32, '0') as MessageId,
  author,
  kind: 0,
  format: 1,
  text,
  body: undefined,
  time: { wallMs: atMs, counter: 0 },
  sentAtMs: atMs,
  relayAtMs: atMs,
  storedAtMs: atMs,
});
const at = (sequence: number, generation = 0): TimelinePosition => ({ generation, sequence });
const receive = (sequence: number, text = `message ${sequence}`, generation = 0): StoredMessage =>
  messages.insertReceived(CHAT, content(ANNA, text, sequence), { position: at(sequence, generation), isMine: false });
const texts = (found: readonly StoredMessage[]): (string | undefined)[] => found.map((message) => message.text);

describe('a conversation', () => {
  it('stands in the order of the relay, whatever came first', () => {
    receive(3);
    receive(1);
    receive(2);
    receive(1, 'next generation', 1);
    expect(texts(timeline.newest(CHAT, 10).messages)).toEqual([
      'message 1',
      'message 2',
      'message 3',
      'next generation',
    ]);
    expect(conversations.read(CHAT)?.last?.text).toBe('next generation');
  });

  it('shows what I wrote last until the relay took it, and then in its place', () => {
    receive(1);
    const mine = messages.insertOwn(CHAT, content(ME, 'mine'));
    receive(2);
    expect(texts(timeline.newest(CHAT, 10).messages)).toEqual(['message 1', 'message 2', 'mine']);
    expect(messages.accept(mine, at(3), 5_000)).toBe(true);
    receive(4);
    expect(texts(timeline.newest(CHAT, 10).messages)).toEqual(['message 1', 'message 2', 'mine', 'message 4']);
    expect(messages.byArrival(mine.arrival)).toMatchObject({
      position: at(3),
      relayAtMs: 5_000,
      delivery: { tag: 'at-relay' },
    });
  });

  it('keeps the order of writing among what waits', () => {
    for (const text of ['one', 'two', 'three']) messages.insertOwn(CHAT, content(ME, text));
    expect(texts(timeline.newest(CHAT, 10).messages)).toEqual(['one', 'two', 'three']);
  });

  it('puts a notice before the message it is about, and never counts it', () => {
    receive(1);
    const second = receive(2);
    messages.insertNotice(CHAT, content(ANNA, 'something is missing'), second.position);
    messages.insertNotice(CHAT, content(ANNA, 'much is missing'), second.position);
    expect(texts(timeline.newest(CHAT, 10).messages)).toEqual([
      'message 1',
      'much is missing',
      'something is missing',
      'message 2',
    ]);
    expect(conversations.read(CHAT)).toMatchObject({ unreadCount: 2, last: { text: 'message 2' } });
  });

  it('is paged without gap or repeat, in both directions, at any page size', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(fc.nat(3), fc.nat(40)), { maxLength: 40, selector: (pair) => pair.join() }),
        fc.array(fc.nat(39), { maxLength: 5 }),
        fc.integer({ min: 1, max: 7 }),
        (places, noticed, limit) => {
          db.run('DELETE FROM messages');
          for (const [generation, sequence] of places) receive(sequence, `${generation}/${sequence}`, generation);
          for (const index of noticed) {
            const place = places[index];
            if (place !== undefined) messages.insertNotice(CHAT, content(ANNA, 'notice'), at(place[1], place[0]));
          }
          const all = timeline.newest(CHAT, 1_000).messages;

          const down: StoredMessage[] = [];
          for (let page = timeline.newest(CHAT, limit); ; page = timeline.before(CHAT, down[0]!.position, limit)) {
            down.unshift(...page.messages);
            expect(page.hasOlder).toBe(down.length < all.length);
            if (!page.hasOlder) break;
          }
          expect(down).toEqual(all);

          const up: StoredMessage[] = [];
          for (
            let page = timeline.after(CHAT, at(-1), limit);
            ;
            page = timeline.after(CHAT, up.at(-1)!.position, limit)
          ) {
            up.push(...page.messages);
            expect(page.hasNewer).toBe(up.length < all.length);
            if (!page.hasNewer) break;
          }
          expect(up).toEqual(all);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('opens around a message', () => {
    for (let sequence = 1; sequence <= 20; sequence += 1) receive(sequence);
    const page = timeline.around(CHAT, at(10), 6);
    expect(page.messages.map(({ position }) => position)).toEqual(
      [7, 8, 9, 10, 11, 12, 13].map((sequence) => at(sequence)),
    );
    expect([page.hasOlder, page.hasNewer]).toEqual([true, true]);
    expect(timeline.around(CHAT, at(1), 6)).toMatchObject({ hasOlder: false, hasNewer: true });
  });

  it('reads a page by an index, at any depth', () => {
    const plan = db.rows<{ detail: string }>(
      `EXPLAIN QUERY PLAN SELECT * FROM messages m WHERE m.conversation = 1 AND (m.generation, m.sequence) < (1, 1)
        ORDER BY m.generation DESC, m.sequence DESC, m.place DESC LIMIT 50`,
    );
    expect(plan.map(({ detail }) => detail)).toEqual([
      'SEARCH m USING PRIMARY KEY (conversation=? AND (generation,sequence)<(?,?))',
    ]);
  });
});

describe('what is unread', () => {
  it('counts messages of others behind the read mark, which only moves forward', () => {
    for (let sequence = 1; sequence <= 5; sequence += 1) receive(sequence);
    messages.insertOwn(CHAT, content(ME, 'mine'));
    expect(conversations.read(CHAT)?.unreadCount).toBe(5);
    expect(timeline.firstUnread(CHAT)?.position).toEqual(at(1));
    timeline.markRead(CHAT, at(3));
    expect(conversations.read(CHAT)?.unreadCount).toBe(2);
    timeline.markRead(CHAT, at(1));
    expect(timeline.firstUnread(CHAT)?.position).toEqual(at(4));
    expect(conversations.unreadTotal()).toBe(2);
    timeline.markRead(CHAT, at(5));
    expect(timeline.firstUnread(CHAT)).toBeUndefined();
    receive(2, 'late, and behind what was read', 0 + 1);
    expect(conversations.unreadTotal()).toBe(1);
  });

  it('forgets a message that was deleted unread', () => {
    const message = receive(1);
    receive(2);
    expect(messages.remove(message.arrival)).toBe(true);
    expect(messages.remove(message.arrival)).toBe(false);
    expect(conversations.read(CHAT)?.unreadCount).toBe(1);
  });
});

describe('a message', () => {
  it('is known for ever, also after it was deleted', () => {
    const message = receive(1);
    messages.remove(message.arrival);
    expect(messages.hasSeen(ANNA.accountId, message.messageId)).toBe(true);
    expect(messages.hasSeen(ME.accountId, message.messageId)).toBe(false);
    expect(messages.byId(ANNA.accountId, message.messageId)).toBeUndefined();
    expect(conversations.read(CHAT)?.last).toBeUndefined();
  });

  it('of an unknown kind is kept as it came', () => {
    const unknown = { ...content(ANNA, ''), kind: 77, text: undefined, body: Uint8Array.of(1, 2, 3) };
    const stored = messages.insertReceived(CHAT, unknown, { position: at(1), isMine: false });
    expect(messages.byId(ANNA.accountId, unknown.messageId)).toEqual(stored);
    expect(stored).toMatchObject({ kind: 77, body: Uint8Array.of(1, 2, 3) });
  });
});

describe('search', () => {
  const search = (query: string, options: { conversationId?: ConversationId; before?: number } = {}) =>
    createSearchRepository(db).search({ query, limit: 10, ...options });

  it('finds whole words and the beginning of the last, without case and diacritics, newest first', () => {
    receive(1, 'Ein Ångström ist klein');
    receive(2, 'angstroms are small');
    receive(3, 'nothing here');
    expect(search('ångstrom').map(({ message }) => message.text)).toEqual([
      'angstroms are small',
      'Ein Ångström ist klein',
    ]);
    expect(search('angstroms SMA').map(({ message }) => message.text)).toEqual(['angstroms are small']);
    expect(search('angstro are')).toEqual([]);
  });

  it('shows the words around a match', () => {
    receive(1, `${'before '.repeat(50)}the needle in it ${'after '.repeat(50)}`);
    const [hit] = search('needle');
    expect(hit?.snippet[1]).toBe('needle');
    expect(hit?.snippet).toHaveLength(3);
    expect(hit?.snippet.join('').length).toBeLessThan(200);
  });

  it('stays within a conversation when asked, and goes on behind the last hit', () => {
    const first = receive(1, 'needle one');
    const second = receive(2, 'needle two');
    messages.insertReceived(OTHER, content(ANNA, 'needle elsewhere'), { position: at(1), isMine: false });
    expect(search('needle', { conversationId: CHAT }).map(({ message }) => message.arrival)).toEqual([
      second.arrival,
      first.arrival,
    ]);
    expect(search('needle', { before: second.arrival }).map(({ message }) => message.arrival)).toEqual([first.arrival]);
  });

  it('takes what people type as words, never as a query language', () => {
    receive(1, 'plain text AND "quotes" NEAR(x) col:y');
    for (const query of ['AND', '"', 'NEAR(', 'text* -plain', 'col:y', '(', "'; DROP TABLE messages; --", '山']) {
      expect(() => search(query)).not.toThrow();
    }
    expect(search('quotes OR nothing')).toHaveLength(0);
    expect(search('quotes near')).toHaveLength(1);
    expect(search('… !')).toEqual([]);
  });

  it('forgets deleted messages, indexed or not', () => {
    const before = receive(1, 'needle one');
    search('needle');
    const after = receive(2, 'needle two');
    messages.remove(before.arrival);
    messages.remove(after.arrival);
    expect(search('needle')).toEqual([]);
    db.run(`INSERT INTO message_text (message_text, rank) VALUES ('integrity-check', 1)`);
  });

  it('finds everything among many', () => {
    db.transaction(() => {
      for (let sequence = 1; sequence <= 300; sequence += 1) receive(sequence, `number${sequence} of many`);
    });
    for (const number of [1, 64, 65, 299, 300]) expect(search(`number${number} of`), `${number}`).toHaveLength(1);
    expect(search('many')).toHaveLength(10);
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import type { AccountId, ConversationId, MessageId } from '../../domain/ids.ts';
import type { Database } from '../database.ts';
import { matchText } from '../search/matches.ts';
import { termsOf } from '../search/query.ts';
import { checkSearchIndex } from '../testing/check-search-index.ts';
import { createFaultyFileLayer, type FaultyFileLayer } from '../testing/file-layer-faulty.ts';
import { createTextWriter } from '../testing/history-text.ts';
import { createTestDatabase, seededChance } from '../testing/storage-fixture.ts';
import { createConversationsRepository } from './conversations-repository.ts';
import { createMessagesRepository } from './messages-repository.ts';
import { createSearchIndex } from './search-index.ts';
import { createSearchRepository, type SearchHit, type SearchOptions } from './search-repository.ts';

const AUTHOR = { accountId: 'ee'.repeat(32) as AccountId, deviceIndex: 0 };
const chat = (number: number): ConversationId => number.toString(16).padStart(32, '0') as ConversationId;

/** Halves of surrogate pairs have no place in UTF-8. */
const asStored = (text: string): string =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(new TextEncoder().encode(text));

let layer: FaultyFileLayer;
let db: Database;
let sequence: number;

beforeEach(async () => {
  layer = createFaultyFileLayer();
  db = await createTestDatabase(layer);
  sequence = 0;
  for (let number = 0; number < 3; number += 1) {
    createConversationsRepository(db).create({
      conversationId: chat(number),
      kind: 'group',
      state: 'active',
      title: '',
      peer: undefined,
      generation: 0,
      groupId: undefined,
      createdAtMs: number,
    });
  }
});

const receive = (text: string, conversation = 0): number => {
  sequence += 1;
  return createMessagesRepository(db).insertReceived(
    chat(conversation),
    {
      messageId: sequence.toString(16).padStart(32, '0') as MessageId,
      author: AUTHOR,
      kind: 0,
      format: 1,
      text,
      body: undefined,
      time: { wallMs: sequence, counter: 0 },
      sentAtMs: sequence,
      relayAtMs: sequence,
      storedAtMs: sequence,
    },
    { position: { generation: 0, sequence }, isMine: false },
  ).arrival;
};

const search = (query: string, options: Partial<SearchOptions> = {}): readonly SearchHit[] =>
  createSearchRepository(db).search({ query, limit: 1_000, ...options });
const texts = (query: string, options: Partial<SearchOptions> = {}): readonly (string | undefined)[] =>
  search(query, options).map(({ message }) => message.text);

describe('search', () => {
  it('finds by one letter, by two words in any order, by characters within Chinese and Japanese', () => {
    receive('Grüße aus Zürich');
    receive('我们明天在北京见面');
    receive('東京タワーで会いましょう');
    expect(texts('z')).toEqual(['Grüße aus Zürich']);
    expect(texts('zurich grusse')).toEqual(['Grüße aus Zürich']);
    expect(texts('grus')).toEqual(['Grüße aus Zürich']);
    expect(texts('北京')).toEqual(['我们明天在北京见面']);
    expect(texts('京')).toEqual(['東京タワーで会いましょう', '我们明天在北京见面']);
    expect(texts('ﾀﾜｰ')).toEqual(['東京タワーで会いましょう']);
    expect(texts('京北')).toEqual([]);
  });

  it('goes on past messages that hold the pairs of what is searched and not the whole of it', () => {
    const right = receive('电话号码');
    for (let count = 0; count < 200; count += 1) receive('电话 话号 号码');
    expect(search('电话号码', { limit: 10 }).map(({ message }) => message.arrival)).toEqual([right]);
  });

  it('ranks the newest 2,000 hits only when it is asked to, page by page, each once', () => {
    receive('boat boat boat');
    for (let number = 0; number < 40; number += 1) receive(`a boathouse with number ${number} and more words`);
    receive('the boat');
    receive('boathouse');
    expect(texts('boat', { limit: 3 })).toEqual(['boathouse', 'the boat', 'a boathouse with number 39 and more words']);
    expect(texts('boat', { order: 'best', limit: 3 })).toEqual(['boat boat boat', 'the boat', 'boathouse']);
    const seen: number[] = [];
    let before: number | undefined;
    do {
      const page = search('boat', { order: 'best', before, limit: 10 });
      seen.push(...page.map(({ message }) => message.arrival));
      before = page.at(-1)?.message.arrival;
    } while (before !== undefined);
    expect(new Set(seen).size).toBe(43);
    expect(seen).toHaveLength(43);
    expect(search('boat', { order: 'best', before: 1 })).toEqual([]);
  });

  it('finds a long beginning among many shorter ones, and the newest of many alike', () => {
    const rare = receive('granite');
    for (let number = 0; number < 200; number += 1) receive(`grass ${number} granny`);
    for (let number = 0; number < 100; number += 1) receive(`grape ${number}`);
    expect(search('grani', { limit: 5 }).map(({ message }) => message.arrival)).toEqual([rare]);
    expect(texts('gran', { limit: 2 })).toEqual(['grass 199 granny', 'grass 198 granny']);
    expect(texts('grap', { limit: 2 })).toEqual(['grape 99', 'grape 98']);
    expect(search('gran', { limit: 1_000 })).toHaveLength(201);
  });

  it('finds on a full disk what is not in the index yet, before what is, in one chat as in all, page by page', () => {
    receive('tea in the morning');
    createSearchIndex(db).catchUp();
    receive('tea at noon');
    receive('tea elsewhere', 1);
    const last = receive('tea at night');
    layer.failAt(0, { tag: 'full' }, true);
    expect(texts('tea')).toEqual(['tea at night', 'tea elsewhere', 'tea at noon', 'tea in the morning']);
    expect(texts('tea', { conversationId: chat(0) })).toEqual(['tea at night', 'tea at noon', 'tea in the morning']);
    expect(texts('tea', { limit: 1 })).toEqual(['tea at night']);
    expect(texts('tea', { before: last, limit: 2 })).toEqual(['tea elsewhere', 'tea at noon']);
    expect(texts('noon')).toEqual(['tea at noon']);
    expect(new Set(texts('tea', { order: 'best' })).size).toBe(4);
    layer.heal();
    expect(texts('tea')).toEqual(['tea at night', 'tea elsewhere', 'tea at noon', 'tea in the morning']);
  });

  it('finds nothing in a chat that there is not', () => {
    receive('tea');
    expect(search('tea', { conversationId: chat(9) })).toEqual([]);
  });

  it('never takes what people type for syntax, and never fails on it', () => {
    receive('ordinary text');
    const odd = [
      ...'" \' * ^ # : ( ) { } [ ] + - \\ / % _ ? ! ; , . < > = & | ~ ` @ $ \0 \u200d \u202e \ufeff \ufdd0 \ud800 👍 👨‍👩‍👧 ½ ﷽ Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L'.split(
        ' ',
      ),
      'a" OR "b',
      'NEAR(a b, 5)',
      'text:x',
      'tokens : x',
      'a AND NOT b',
      "'; DROP TABLE messages; --",
      '\0a\0',
      'ab'.repeat(50_000),
      '山'.repeat(5_000),
      'word '.repeat(5_000),
      '\ud800\udc00\udbff',
    ];
    const chance = seededChance(5);
    const pieces = [...odd.slice(0, 40), 'a', 'tea', '山', '水', ' ', ' ', 'é', 'ß', 'ｶﾞ'];
    const made = Array.from({ length: 400 }, () =>
      Array.from({ length: 1 + Math.floor(chance() * 8) }, () => pieces[Math.floor(chance() * pieces.length)]).join(''),
    );
    for (const query of [...odd, ...made]) {
      expect(() => search(query, { limit: 3 }), JSON.stringify(query.slice(0, 50))).not.toThrow();
      receive(query);
    }
    createSearchIndex(db).catchUp();
    expect(checkSearchIndex(db)).toBeUndefined();
    for (const query of made) {
      const terms = termsOf(query);
      if (terms.length === 0) continue;
      // What was typed is found in the message that says it, whatever it was.
      expect(texts(query), JSON.stringify(query)).toContain(asStored(query));
    }
  }, 60_000);

  it('answers as a look at every message would, while messages come, change and go', () => {
    const chance = seededChance(11);
    const writer = createTextWriter(chance);
    const languages = ['en', 'de', 'zh', 'ja', 'ar'] as const;
    const below = (end: number): number => Math.floor(chance() * end);
    const kept = new Map<number, { text: string; conversation: number }>();
    for (let step = 0; step < 600; step += 1) {
      const known = [...kept.keys()];
      const victim = known[below(known.length)];
      const text = writer.write(languages[below(languages.length)]!);
      if (chance() < 0.15 && victim !== undefined) {
        createMessagesRepository(db).remove(victim);
        kept.delete(victim);
      } else if (chance() < 0.1 && victim !== undefined) {
        db.run('UPDATE messages SET text = ? WHERE arrival = ?', [text, victim]);
        createSearchIndex(db).noteChanged();
        kept.get(victim)!.text = text;
      } else {
        const conversation = below(3);
        kept.set(receive(text, conversation), { text, conversation });
      }
      if (step % 6 !== 0) continue;
      const characters = [...(kept.get(known[below(known.length)] ?? 0)?.text ?? 'the')];
      const start = below(characters.length);
      const query = characters.slice(start, start + 1 + below(6)).join('');
      const conversation = chance() < 0.5 ? below(3) : undefined;
      const expected = [...kept]
        .filter(([, row]) => conversation === undefined || row.conversation === conversation)
        .filter(([, row]) => termsOf(query).length > 0 && matchText(row.text, termsOf(query)) !== undefined)
        .map(([arrival]) => arrival)
        .reverse();
      const conversationId = conversation === undefined ? undefined : chat(conversation);
      const limit = chance() < 0.5 ? 1_000 : 1 + below(4);
      const found = search(query, { conversationId, limit }).map(({ message }) => message.arrival);
      expect(found, query).toEqual(expected.slice(0, limit));
    }
    expect(checkSearchIndex(db)).toBeUndefined();
    expect(createMessagesRepository(db).count()).toBe(kept.size);
  }, 60_000);
});

describe('deleted and replaced text', () => {
  const vocabulary = (): readonly string[] => {
    db.run(`CREATE VIRTUAL TABLE IF NOT EXISTS temp.all_words USING fts5vocab (main, message_index, row)`);
    return db.rows<{ term: string }>('SELECT term FROM temp.all_words').map(({ term }) => term);
  };

  it('leaves the index, and its words leave every page of it', () => {
    receive('ordinary');
    const arrival = receive('canarybird 密码锁');
    const edited = receive('firstversion');
    createSearchIndex(db).catchUp();
    expect(vocabulary()).toEqual(expect.arrayContaining(['canarybird', '密码', 'firstversion']));
    createMessagesRepository(db).remove(arrival);
    db.run(`UPDATE messages SET text = 'secondversion' WHERE arrival = ?`, [edited]);
    createSearchIndex(db).noteChanged();
    expect(vocabulary().filter((word) => /canary|密|firstv/u.test(word))).toEqual([]);
    expect(texts('secondversion')).toEqual(['secondversion']);
    const pages = db.rows<{ block: Uint8Array }>('SELECT block FROM message_index_data');
    const bytes = pages.map(({ block }) => new TextDecoder('latin1').decode(block)).join('\n');
    expect(bytes).not.toContain('canary');
    expect(bytes).not.toContain('firstversion');
    // FTS5 writes the common beginning of neighbouring words once; the rest of this one must be there.
    expect(bytes).toContain('econdversion');
  });
});

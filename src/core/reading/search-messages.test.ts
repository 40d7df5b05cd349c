import { expect, test } from 'vitest';
import { openReading, toMessageId, WITH_BORIS, WITH_CARLA, type ReadingFixture } from './testing/reading-fixture.ts';

type Search = Parameters<ReadingFixture['reading']['search']>[0];

const search = ({ reading }: ReadingFixture, query: string, options: Partial<Search> = {}) =>
  reading.search({ query, conversationId: undefined, after: undefined, limit: 30, ...options });

const ofCarla = { conversationId: WITH_CARLA };

test('a word is found in every chat, newest first, with the chat it stands in', async () => {
  const fixture = await openReading();
  fixture.receive(1, 'The boat leaves at nine');
  fixture.receive(1, 'Which boat do you mean?', ofCarla);
  fixture.receive(2, 'Never mind');

  const hits = await search(fixture, 'boat');
  expect(hits.map(({ conversationTitle, snippet }) => [conversationTitle, ...snippet])).toEqual([
    ['Carla', 'Which ', 'boat', ' do you mean?'],
    ['Boris', 'The ', 'boat', ' leaves at nine'],
  ]);
  expect(hits[1]?.message).toMatchObject({ author: { name: 'Boris' }, body: { text: 'The boat leaves at nine' } });
});

test('within a chat only that chat is searched', async () => {
  const fixture = await openReading();
  fixture.receive(1, 'tea');
  fixture.receive(1, 'tea', ofCarla);
  const hits = await search(fixture, 'tea', { conversationId: WITH_BORIS });
  expect(hits.map(({ message }) => message.conversationId)).toEqual([WITH_BORIS]);
});

test('every match of a message is marked: each second part, also where it begins with one', async () => {
  const fixture = await openReading();
  fixture.receive(1, 'Tea, then more tea');
  const [hit] = await search(fixture, 'tea');
  expect(hit?.snippet).toEqual(['', 'Tea', ', then more ', 'tea', '']);
});

test('the beginning of a word is enough, capitals and accents do not matter, punctuation finds nothing', async () => {
  const fixture = await openReading();
  fixture.receive(1, 'Café Ångström');
  expect(await search(fixture, 'cafe ang')).toHaveLength(1);
  expect(await search(fixture, 'ang cafe')).toHaveLength(0);
  for (const query of ['', '  ', '"', '*', '()', '?!']) expect(await search(fixture, query)).toEqual([]);
  expect(await search(fixture, 'cafe" OR "x')).toEqual([]);
});

test('more hits come page by page, each once', async () => {
  const fixture = await openReading();
  for (let sequence = 1; sequence <= 25; sequence += 1) fixture.receive(sequence, `tea ${sequence}`);
  const seen: string[] = [];
  let after: Search['after'];
  do {
    const page = await search(fixture, 'tea', { after, limit: 10 });
    seen.push(...page.map(({ message }) => (message.body.kind === 'text' ? message.body.text : '')));
    after = page.at(-1)?.message.messageId;
  } while (after !== undefined);
  expect(seen).toEqual(Array.from({ length: 25 }, (_, index) => `tea ${25 - index}`));
});

test('two messages that claim one id do not bring the same page for ever', async () => {
  const fixture = await openReading();
  const messageId = toMessageId(5);
  fixture.receive(1, 'tea', { messageId });
  fixture.receive(2, 'tea', { messageId, author: { accountId: 'dd'.repeat(32) as never, deviceIndex: 0 } });
  expect(await search(fixture, 'tea', { limit: 1 })).toHaveLength(1);
  expect(await search(fixture, 'tea', { limit: 1, after: messageId })).toEqual([]);
});

test('nothing comes after a message that is not there', async () => {
  const fixture = await openReading();
  fixture.receive(1, 'tea');
  expect(await search(fixture, 'tea', { after: toMessageId(404) })).toEqual([]);
});

test('a page of text pasted into the search field is cut, and still answered', async () => {
  const fixture = await openReading();
  fixture.receive(1, `${'tea '.repeat(64)}`);
  expect(await search(fixture, 'tea '.repeat(20_000))).toHaveLength(1);
});

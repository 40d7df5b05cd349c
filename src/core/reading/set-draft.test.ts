import { expect, test } from 'vitest';
import { LIMITS } from '../../domain/limits.ts';
import { utf8Length } from '../../domain/names.ts';
import { openReading, toConversation, WITH_BORIS } from './testing/reading-fixture.ts';

test('what is written and not sent is kept, shown in the list, and gone when it is emptied', async () => {
  const { reading, events } = await openReading();
  await reading.setDraft({ conversationId: WITH_BORIS, text: 'Dear Bo' });
  expect(await reading.conversation({ conversationId: WITH_BORIS })).toMatchObject({ value: { draft: 'Dear Bo' } });
  await reading.setDraft({ conversationId: WITH_BORIS, text: '' });
  expect(await reading.conversation({ conversationId: WITH_BORIS })).toMatchObject({ value: { draft: '' } });
  expect(events).toHaveLength(2);
});

test('the same draft again costs nothing', async () => {
  const { reading, events, db } = await openReading();
  await reading.setDraft({ conversationId: WITH_BORIS, text: 'Dear Bo' });
  const { writes } = db.stats();
  await reading.setDraft({ conversationId: WITH_BORIS, text: 'Dear Bo' });
  expect(db.stats().writes).toBe(writes);
  expect(events).toHaveLength(1);
});

test('a draft does not grow beyond what could be sent, and no character is cut in two', async () => {
  const { reading, rows } = await openReading();
  await reading.setDraft({ conversationId: WITH_BORIS, text: `ab${'€'.repeat(LIMITS.textBytes)}` });
  const draft = rows.conversations.read(WITH_BORIS)?.draft ?? '';
  expect(utf8Length(draft)).toBe(LIMITS.textBytes - 2);
  expect(draft.endsWith('€')).toBe(true);
});

test('a draft as long as a message may be is kept whole', async () => {
  const { reading, rows } = await openReading();
  const text = 'x'.repeat(LIMITS.textBytes);
  await reading.setDraft({ conversationId: WITH_BORIS, text });
  expect(rows.conversations.read(WITH_BORIS)?.draft).toBe(text);
});

test('a draft for a chat that is gone is let go', async () => {
  const { reading, events } = await openReading();
  await reading.setDraft({ conversationId: toConversation(404), text: 'Dear nobody' });
  expect(events).toEqual([]);
});

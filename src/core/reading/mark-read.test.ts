import { expect, test } from 'vitest';
import { encodePosition } from '../../domain/timeline-position.ts';
import { openReading, toConversation, WITH_BORIS, type ReadingFixture } from './testing/reading-fixture.ts';

const at = (sequence: number) => encodePosition({ generation: 0, sequence });

const unreadOf = ({ rows }: ReadingFixture): number | undefined => rows.conversations.read(WITH_BORIS)?.unreadCount;

const markRead = ({ reading }: ReadingFixture, upTo: string): Promise<void> =>
  reading.markRead({ conversationId: WITH_BORIS, upTo });

test('what was seen is not unread any more, and all windows are told', async () => {
  const fixture = await openReading();
  for (const sequence of [1, 2, 3]) fixture.receive(sequence, 'hello');
  await markRead(fixture, at(2));
  expect(unreadOf(fixture)).toBe(1);
  expect(fixture.events).toMatchObject([{ type: 'conversations', changed: [{ unreadCount: 1 }] }]);
});

test('scrolling back up makes nothing unread again, and is told to nobody', async () => {
  const fixture = await openReading();
  for (const sequence of [1, 2, 3]) fixture.receive(sequence, 'hello');
  await markRead(fixture, at(3));
  await markRead(fixture, at(1));
  expect(unreadOf(fixture)).toBe(0);
  expect(fixture.events).toHaveLength(1);
});

test('seeing an own message that still waits does not mark what others write later as read', async () => {
  const fixture = await openReading();
  fixture.receive(1, 'hello');
  const own = fixture.compose('written offline');
  await markRead(fixture, encodePosition(own.position));
  expect(unreadOf(fixture)).toBe(0);
  fixture.receive(2, 'and later this');
  expect(unreadOf(fixture)).toBe(1);
});

test('a page that claims to have seen the far future has seen what there is', async () => {
  const fixture = await openReading();
  fixture.receive(1, 'hello');
  await markRead(fixture, encodePosition({ generation: 2 ** 32 - 1, sequence: 2 ** 48 - 1 }));
  expect(unreadOf(fixture)).toBe(0);
  fixture.receive(2, 'and later this');
  expect(unreadOf(fixture)).toBe(1);
});

test('in an empty or unknown chat there is nothing to mark', async () => {
  const fixture = await openReading();
  await markRead(fixture, at(9));
  await fixture.reading.markRead({ conversationId: toConversation(404), upTo: at(1) });
  fixture.receive(1, 'hello');
  expect(unreadOf(fixture)).toBe(1);
  expect(fixture.events).toEqual([]);
  await expect(markRead(fixture, 'nonsense')).rejects.toThrow(RangeError);
});

import { expect, test } from 'vitest';
import type { GroupId } from '../../domain/ids.ts';
import type { AccountContext } from '../context.ts';
import { BORIS, MONDAY, openReading, WITH_BORIS, type ReadingFixture } from '../reading/testing/reading-fixture.ts';
import { tellBroken } from './broken-conversation.ts';

const saveGroup = ({ rows, write }: ReadingFixture, digit: string, standing: 'active' | 'broken'): void =>
  write(() =>
    rows.groups.save({
      ...{ groupId: digit.repeat(32) as GroupId, conversationId: WITH_BORIS, generation: 0, previousGroup: undefined },
      ...{ engine: 'ts-mls', engineVersion: 1, epoch: 1, base: 1, head: 1, capability: undefined },
      ...{ standing, ownCounter: 0, hot: Uint8Array.of(1) },
    }),
  );

const tell = ({ rows, write, changes }: ReadingFixture): void => {
  const deps = { clock: () => MONDAY, random: (length: number) => crypto.getRandomValues(new Uint8Array(length)) };
  const place = { conversationId: WITH_BORIS, generation: 0, sequence: 9, relayAtMs: MONDAY };
  const context = { rows, changes, deps } as unknown as AccountContext;
  write(() => tellBroken(context, { ...place, author: { accountId: BORIS, deviceIndex: 0 } }));
};

test('a conversation that cannot be followed any more says so where it broke, and what waits there has failed', async () => {
  const fixture = await openReading();
  saveGroup(fixture, '1', 'broken');
  const { conversationId, messageId, arrival } = fixture.compose('waits');
  fixture.write(() =>
    fixture.rows.outbox.add({
      ...{ conversationId, messageId, arrival, class: 'message', kind: 0 },
      ...{ payload: Uint8Array.of(1), createdAtMs: MONDAY },
    }),
  );
  tell(fixture);
  const page = await fixture.reading.messages({ conversationId, from: { at: 'newest' }, limit: 9 });
  expect(page).toMatchObject({
    value: {
      messages: [
        { body: { kind: 'notice', notice: 'conversation-broken' } },
        { delivery: 'failed', failure: 'recipient-unreachable' },
      ],
    },
  });
  expect(fixture.rows.outbox.waitingCount()).toBe(0);
});

test('as long as another group of it works, nothing is said', async () => {
  const fixture = await openReading();
  saveGroup(fixture, '1', 'broken');
  saveGroup(fixture, '2', 'active');
  tell(fixture);
  const page = await fixture.reading.messages({ conversationId: WITH_BORIS, from: { at: 'newest' }, limit: 9 });
  expect(page).toMatchObject({ value: { messages: [] } });
});

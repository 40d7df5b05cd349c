import { expect, test } from 'vitest';
import type { ConversationId, DepositId, GroupId } from '../../domain/ids.ts';
import { openReading, WITH_BORIS, WITH_CARLA, type ReadingFixture } from '../reading/testing/reading-fixture.ts';

const GROUP = '1'.repeat(32) as GroupId;

const openGroup = ({ rows, write }: ReadingFixture, conversationId: ConversationId): void =>
  write(() =>
    rows.groups.save({
      ...{ groupId: GROUP, conversationId, generation: 0, previousGroup: undefined },
      ...{ engine: 'ts-mls', engineVersion: 1, epoch: 1, base: 1, head: 1, capability: undefined },
      ...{ standing: 'active', ownCounter: 0, hot: Uint8Array.of(1) },
    }),
  );

const intend = ({ rows }: ReadingFixture, conversationId: ConversationId): number =>
  rows.outbox.add({
    ...{ conversationId, messageId: undefined, arrival: undefined, class: 'message', kind: 0 },
    ...{ payload: Uint8Array.of(1), createdAtMs: 0 },
  }).id;

test('however much waits in a conversation that cannot send, the others send', async () => {
  const fixture = await openReading();
  openGroup(fixture, WITH_CARLA);
  fixture.write(() => {
    for (let count = 0; count < 1_100; count += 1) intend(fixture, WITH_BORIS);
  });
  const id = fixture.write(() => intend(fixture, WITH_CARLA));
  expect(fixture.rows.outbox.sealable(64).map((item) => item.id)).toEqual([id]);
});

test('nothing is sealed while something newer of its conversation waits for an answer, not even what is newer still', async () => {
  const fixture = await openReading();
  openGroup(fixture, WITH_CARLA);
  const { outbox } = fixture.rows;
  const [oldest, receipt, newest] = [1, 2, 3].map(() => fixture.write(() => intend(fixture, WITH_CARLA)));
  const sealing = { bytes: Uint8Array.of(1), depositId: '7'.repeat(32) as DepositId, groupId: GROUP, base: 1, head: 1 };
  fixture.write(() => outbox.seal(receipt!, sealing));
  expect(outbox.sealable(64)).toEqual([]);
  fixture.write(() => outbox.remove(receipt!));
  expect(outbox.sealable(64).map((item) => item.id)).toEqual([oldest, newest]);
});

test('nothing more is sealed where the relay takes nothing now, however much is written', async () => {
  const fixture = await openReading();
  openGroup(fixture, WITH_CARLA);
  const { outbox } = fixture.rows;
  const [refused, later] = [1, 2].map(() => fixture.write(() => intend(fixture, WITH_CARLA)));
  const sealing = { bytes: Uint8Array.of(1), depositId: '7'.repeat(32) as DepositId, groupId: GROUP, base: 1, head: 1 };
  fixture.write(() => outbox.seal(refused!, sealing));
  expect(outbox.sealable(64).map((item) => item.id)).toEqual([later]);
  fixture.write(() => outbox.delay(refused!, 1, 0));
  expect(outbox.sealable(64)).toEqual([]);
  fixture.write(() => outbox.accept(refused!, { sequence: 1, relayAtMs: 1 }));
  expect(outbox.sealable(64).map((item) => item.id)).toEqual([later]);
});

test('what waits without a group needs an opening, unless one waits as well', async () => {
  const fixture = await openReading();
  const { outbox } = fixture.rows;
  fixture.write(() => intend(fixture, WITH_BORIS));
  openGroup(fixture, WITH_CARLA);
  fixture.write(() => intend(fixture, WITH_CARLA));
  expect(outbox.unopened()).toEqual([WITH_BORIS]);
  fixture.write(() =>
    outbox.add({
      ...{ conversationId: WITH_BORIS, messageId: undefined, arrival: undefined, class: 'handshake', kind: 0 },
      ...{ payload: Uint8Array.of(1), createdAtMs: 0 },
    }),
  );
  expect(outbox.unopened()).toEqual([]);
});

import { expect, test } from 'vitest';
import type { AccountId, DepositId, GroupId } from '../../domain/ids.ts';
import type { OpenedItem } from '../../sync/ports.ts';
import type { AccountContext } from '../context.ts';
import { openReading, WITH_CARLA } from '../reading/testing/reading-fixture.ts';
import { createSyncStore } from './sync-store.ts';

const GROUP = '1'.repeat(32) as GroupId;
const depositId = (number: number): DepositId => number.toString(16).padStart(32, '0') as DepositId;

test('a page of the mailbox asks once what waits for an answer here, however long the page and the outbox', async () => {
  const { rows, write } = await openReading();
  write(() => {
    for (let count = 0; count < 300; count += 1) {
      const { id } = rows.outbox.add({
        ...{ conversationId: WITH_CARLA, messageId: undefined, arrival: undefined, class: 'message', kind: 0 },
        ...{ payload: Uint8Array.of(1), createdAtMs: 0 },
      });
      if (count % 2 === 0) {
        const bytes = Uint8Array.of(count & 0xff);
        rows.outbox.seal(id, { bytes, depositId: depositId(count), groupId: GROUP, base: 1, head: 1 });
      }
    }
  });
  let asked = 0;
  const counted = new Proxy(rows.outbox, {
    get(outbox, name: keyof typeof rows.outbox) {
      asked += 1;
      return outbox[name];
    },
  });
  const context = {
    rows: { ...rows, outbox: counted },
    identity: () => ({ accountId: 'ab'.repeat(32) as AccountId }),
  } as unknown as AccountContext;
  const step = createSyncStore(context).begin();
  const isOwn = (number: number, byte: number): boolean =>
    step.isOwn({ header: { depositId: depositId(number) }, envelope: Uint8Array.of(byte) } as unknown as OpenedItem);
  for (let count = 0; count < 256; count += 1) expect(isOwn(count, count)).toBe(count % 2 === 0);
  // Somebody else's bytes under a deposit id of ours.
  expect(isOwn(2, 3)).toBe(false);
  expect(asked).toBe(1);
});

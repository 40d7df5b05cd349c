import { expect, test } from 'vitest';
import type { DepositId, GroupId } from '../domain/ids.ts';
import { envelope, envelopeHeader, ENVELOPE_VERSION, type EnvelopeClass } from '../wire/envelope.ts';
import type { InboxItem } from '../wire/relay-api.ts';
import { encodeWith } from '../wire/schema.ts';
import type { OpenedItem, Standing, SyncStep } from './ports.ts';
import { receiveItems } from './receive.ts';

const GROUP = '1'.repeat(32) as GroupId;

/** The item under `sequence`, made by somebody who had applied the commit `base`. */
const item = (className: EnvelopeClass, sequence: number, base: number): InboxItem => {
  const header = encodeWith(envelopeHeader, {
    ...{ version: ENVELOPE_VERSION, class: className, groupId: GROUP, base, head: base },
    ...{ depositId: sequence.toString(16).padStart(32, '0') as DepositId, hint: new Uint8Array(48) },
  });
  const bytes = encodeWith(envelope, { header, body: Uint8Array.of(1) });
  return { cursor: sequence, groupId: GROUP, sequence, timeMs: 0, envelope: bytes };
};

/** A device that stands on commit 1 and applies every commit on the one before. */
const createDevice = () => {
  let base = 1;
  let held: OpenedItem[] = [];
  const log: string[] = [];
  const judge = (opened: OpenedItem): Standing => {
    log.push(`commit ${opened.sequence} on ${opened.header.base}`);
    base = opened.sequence;
    return 'applied';
  };
  const step = {
    group: () => ({ phase: 'joined', base, newest: base }),
    isOwn: () => false,
    judgeCommit: async (opened: OpenedItem) => judge(opened),
    openMessage: async (opened: OpenedItem) => void log.push(`message ${opened.sequence}`),
    hold: (opened: OpenedItem) => void held.push(opened),
    release: () => {
      const released = [...held].sort((left, right) => left.sequence - right.sequence);
      held = [];
      return released;
    },
  } as unknown as SyncStep;
  return { step, log, heldCount: () => held.length };
};

const story = ['commit 3 on 1', 'message 4', 'commit 5 on 3', 'message 6'];
const items = [item('handshake', 3, 1), item('message', 4, 3), item('handshake', 5, 3), item('message', 6, 5)];

test('commits and messages of one page are taken in the relay’s order, however they stand in it', async () => {
  const { step, log } = createDevice();
  await receiveItems(step, [...items].reverse());
  expect(log).toEqual(story);
});

test('a commit that comes before the one it follows waits for it, with all that was sent on it', async () => {
  const { step, log, heldCount } = createDevice();
  await receiveItems(step, items.slice(1));
  expect(log).toEqual([]);
  expect(heldCount()).toBe(3);
  await receiveItems(step, items.slice(0, 1));
  expect(log).toEqual(story);
  expect(heldCount()).toBe(0);
});

test('a commit that is shown again, or that was made on one that is over, changes nothing', async () => {
  const { step, log } = createDevice();
  await receiveItems(step, items);
  const standings = await receiveItems(step, [
    item('handshake', 3, 1),
    item('handshake', 5, 5),
    item('handshake', 7, 3),
  ]);
  expect(log).toEqual(story);
  expect(standings.map(({ standing }) => standing)).toEqual(['skipped', 'skipped', 'skipped']);
});

test('every item is acknowledged, also what no sender of ours makes', async () => {
  const { step } = createDevice();
  const rubbish = { ...item('message', 8, 1), envelope: Uint8Array.of(0) };
  const otherGroup = { ...item('message', 9, 1), groupId: '2'.repeat(32) as GroupId };
  expect(await receiveItems(step, [rubbish, otherGroup])).toEqual([
    { cursor: 8, standing: 'stored' },
    { cursor: 9, standing: 'stored' },
  ]);
});

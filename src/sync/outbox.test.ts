import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DAY_MS } from '../domain/limits.ts';
import { nextOutbox, refusalToEvent, toDeliveryEvent, type OutboxEvent, type OutboxState } from './outbox.ts';

const INTENT: OutboxState = { tag: 'intent', renewals: 0 };
const ACCEPTED: OutboxEvent = { tag: 'accepted', acceptedMs: 0, wantsReceipt: true };
const at = (days: number): OutboxEvent => ({ tag: 'time', relayNowMs: days * DAY_MS });
const run = (...events: readonly OutboxEvent[]): OutboxState => events.reduce(nextOutbox, INTENT);

const event = fc.constantFrom<OutboxEvent>(
  { tag: 'sealed' },
  ACCEPTED,
  { tag: 'stale' },
  { tag: 'refused', failure: 'refused' },
  at(1),
  at(6.5),
  at(7),
  { tag: 'retried' },
);

test('a message is sealed, taken by the relay, and done when its receipt comes', () => {
  expect(run({ tag: 'sealed' }).tag).toBe('sealed');
  expect(run({ tag: 'sealed' }, ACCEPTED).tag).toBe('accepted');
  expect(run({ tag: 'sealed' }, ACCEPTED, { tag: 'receipt' }).tag).toBe('done');
});

test('a receipt of one’s own wants no receipt: it is done when the relay has it', () => {
  expect(run({ tag: 'sealed' }, { tag: 'accepted', acceptedMs: 0, wantsReceipt: false }).tag).toBe('done');
});

test('when a commit came first, the message is sealed anew', () => {
  expect(run({ tag: 'sealed' }, { tag: 'stale' })).toEqual(INTENT);
});

test('without a receipt after six days there is one new sealing, and after seven it is told', () => {
  const renewed = run({ tag: 'sealed' }, ACCEPTED, at(6));
  expect(renewed).toEqual({ tag: 'intent', renewals: 1, firstAcceptedMs: 0 });
  const again = [{ tag: 'sealed' }, { tag: 'accepted', acceptedMs: 6 * DAY_MS, wantsReceipt: true }] as const;
  const waiting = again.reduce<OutboxState>(nextOutbox, renewed);
  expect(nextOutbox(waiting, at(6.9)).tag).toBe('accepted');
  expect(nextOutbox(waiting, at(7))).toEqual({ tag: 'failed', failure: 'expired' });
});

test('a device that was off for seven days tells at once', () => {
  expect(run({ tag: 'sealed' }, ACCEPTED, at(7))).toEqual({ tag: 'failed', failure: 'expired' });
});

test('a message written offline waits as long as it takes', () => {
  expect(run(at(400))).toEqual(INTENT);
});

test('whatever happens, a receipt ends it', () => {
  fc.assert(
    fc.property(fc.array(event), fc.array(event), (before, after) => {
      expect(run(...before, { tag: 'receipt' }, ...after).tag).toBe('done');
    }),
  );
});

test('sealed bytes leave the sealed state only by an answer of the relay, a receipt or a person', () => {
  fc.assert(
    fc.property(fc.nat({ max: 1000 }), (days) => {
      expect(run({ tag: 'sealed' }, at(days), { tag: 'sealed' }).tag).toBe('sealed');
    }),
  );
});

test('no answer, a busy relay, a broken relay: the same bytes are sent again', () => {
  expect(refusalToEvent({ tag: 'offline' })).toBeUndefined();
  for (const code of ['tooMany', 'internal', 'storageFull', 'notLoggedIn'] as const) {
    expect(refusalToEvent({ tag: 'refused', error: { code, message: '' } })).toBeUndefined();
  }
  expect(refusalToEvent({ tag: 'refused', error: { code: 'conflict', message: '' } })).toEqual({ tag: 'stale' });
});

test('a failed message can be sent again', () => {
  const failed = run({ tag: 'sealed' }, { tag: 'refused', failure: 'refused' });
  const retried = nextOutbox(failed, { tag: 'retried' });
  expect(retried).toEqual(INTENT);
  expect(toDeliveryEvent(failed, retried)).toEqual({ tag: 'retried' });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextDelivery, type DeliveryEvent, type DeliveryState } from './delivery.ts';

const run = (...events: readonly DeliveryEvent[]): DeliveryState =>
  events.reduce<DeliveryState>(nextDelivery, { tag: 'stored' });

const event: fc.Arbitrary<DeliveryEvent> = fc.constantFrom<DeliveryEvent>(
  { tag: 'accepted' },
  { tag: 'receipt' },
  { tag: 'given-up', failure: 'expired' },
  { tag: 'retried' },
);

test('a message goes from stored here, to the relay, to their device', () => {
  expect(run().tag).toBe('stored');
  expect(run({ tag: 'accepted' }).tag).toBe('at-relay');
  expect(run({ tag: 'accepted' }, { tag: 'receipt' }).tag).toBe('on-device');
});

test('what is on their device stays there, whatever is heard later', () => {
  fc.assert(
    fc.property(fc.array(event), fc.array(event), (before, after) => {
      expect(run(...before, { tag: 'receipt' }, ...after).tag).toBe('on-device');
    }),
  );
});

test('a message that nobody fetched in time is told as expired, and can be sent again', () => {
  const expired = run({ tag: 'accepted' }, { tag: 'given-up', failure: 'expired' });
  expect(expired).toEqual({ tag: 'failed', failure: 'expired' });
  expect(nextDelivery(expired, { tag: 'retried' })).toEqual({ tag: 'stored' });
});

test('a receipt that was late after all takes the failure back', () => {
  expect(run({ tag: 'given-up', failure: 'expired' }, { tag: 'receipt' }).tag).toBe('on-device');
});

test('a retry of a message that has not failed changes nothing', () => {
  expect(run({ tag: 'accepted' }, { tag: 'retried' }).tag).toBe('at-relay');
});

import { expect, test } from 'vitest';
import type { AccountId } from '../domain/ids.ts';
import { toDirectConversationId, toMailboxId, toRelayId } from './ids.ts';

const key = new Uint8Array(97).fill(7);

test('both sides of a direct conversation find the same id', () => {
  const one = '01'.repeat(32) as AccountId;
  const other = 'fe'.repeat(32) as AccountId;
  expect(toDirectConversationId(one, other)).toBe(toDirectConversationId(other, one));
  expect(toDirectConversationId(one, one)).not.toBe(toDirectConversationId(one, other));
});

test('one key gives different ids as a mailbox and as a relay', () => {
  expect(toMailboxId(key)).not.toBe(toRelayId(key));
});

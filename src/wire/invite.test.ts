import { expect, test } from 'vitest';
import type { AccountId, RelayId } from '../domain/ids.ts';
import { fragmentToInvite, inviteToFragment, type Invite } from './invite.ts';

const invite: Invite = {
  version: 1,
  relayId: '11'.repeat(32) as RelayId,
  accountId: '22'.repeat(32) as AccountId,
  inviteId: new Uint8Array(16).fill(3),
  key: new Uint8Array(32).fill(4),
};

test('an invite fits into a link and comes back', () => {
  const fragment = inviteToFragment(invite);
  expect(fragment).toMatch(/^[A-Za-z0-9_-]+$/);
  expect(fragment.length).toBeLessThan(180);
  expect(fragmentToInvite(fragment)).toEqual({ ok: true, value: invite });
});

test.each([
  ['nothing', ''],
  ['a cut link', inviteToFragment(invite).slice(0, -2)],
  ['a link with a full stop after it', `${inviteToFragment(invite)}.`],
  ['what is no base64', 'a'],
  ['other words', 'hello-world'],
  ['a book', 'A'.repeat(500)],
])('%s is refused', (_what, fragment) => {
  expect(fragmentToInvite(fragment).ok).toBe(false);
});

test('one invite has one link', () => {
  const fragment = inviteToFragment(invite);
  const last = fragment.at(-1)!;
  for (const other of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_') {
    if (other === last) continue;
    const decoded = fragmentToInvite(fragment.slice(0, -1) + other);
    if (decoded.ok) expect(inviteToFragment(decoded.value)).toBe(fragment.slice(0, -1) + other);
  }
});

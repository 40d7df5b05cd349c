import { expect, test } from 'vitest';
import type { AccountId, RelayId } from '../domain/ids.ts';
import { fragmentToInvite, inviteToFragment, type Invite } from './invite.ts';

const invite: Invite = {
  version: 2,
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

test('one wrong letter anywhere is seen, also in the ids and the key', () => {
  const fragment = inviteToFragment(invite);
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  for (let at = 0; at < fragment.length; at += 1) {
    for (const letter of letters) {
      if (letter === fragment[at]) continue;
      const typed = fragmentToInvite(fragment.slice(0, at) + letter + fragment.slice(at + 1));
      // The last letter's spare bits say nothing: such a link is the same invite.
      if (typed.ok) expect(inviteToFragment(typed.value)).toBe(fragment);
      if (at < fragment.length - 1) expect(typed.ok).toBe(false);
    }
  }
});

test('two neighbouring letters exchanged are seen', () => {
  const fragment = inviteToFragment(invite);
  for (let at = 0; at + 1 < fragment.length; at += 1) {
    const [left, right] = [fragment[at]!, fragment[at + 1]!];
    const typed = fragment.slice(0, at) + right + left + fragment.slice(at + 2);
    if (left !== right) expect(fragmentToInvite(typed).ok, `at ${at}`).toBe(false);
  }
});

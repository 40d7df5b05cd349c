import { expect, test } from 'vitest';
import { safetyNumber } from '../../domain/safety-number.ts';
import { sha256Sync } from '../../crypto/hash.ts';
import { concatBytes, utf8 } from '../../crypto/bytes.ts';
import { hexToBytes, type AccountId } from '../../domain/ids.ts';
import { LIMITS } from '../../domain/limits.ts';
import { utf8Length } from '../../domain/names.ts';
import {
  BORIS,
  BORIS_HEAD,
  CARLA,
  ME,
  MONDAY,
  MY_HEAD,
  openReading,
  toConversation,
  WITH_BORIS,
} from './testing/reading-fixture.ts';

const STRANGER = 'dd'.repeat(32) as AccountId;

const halfOf = (id: string, head: Uint8Array) =>
  sha256Sync(concatBytes(utf8('sotto/1/safety\0'), hexToBytes(id), head));

test('a contact shows all that is known of them, and the number that both sides compare', async () => {
  const { reading } = await openReading();
  const found = await reading.contact({ accountId: BORIS });
  expect(found).toEqual({
    ok: true,
    value: {
      accountId: BORIS,
      name: 'Boris',
      givenName: undefined,
      profileName: 'Boris',
      handle: 'boris',
      note: '',
      isBlocked: false,
      isVerified: false,
      addedAtMs: MONDAY,
      safetyNumber: safetyNumber(halfOf(BORIS, BORIS_HEAD), halfOf(ME, MY_HEAD)),
      conversationId: WITH_BORIS,
    },
  });
  expect(found.ok && found.value.safetyNumber).toMatch(/^[0-9]{60}$/);
});

test('the other side reads the same number, and another one once somebody’s devices change', async () => {
  const here = await openReading();
  const there = await openReading();
  const own = there.rows.ownAccount.read();
  if (own === undefined) throw new Error('no account');
  there.write(() => there.rows.ownAccount.save({ ...own, accountId: BORIS, chainHead: BORIS_HEAD }));
  there.saveContact({ accountId: ME, profileName: 'Ada', chainHead: MY_HEAD });

  const numberHere = await here.reading.contact({ accountId: BORIS });
  const numberThere = await there.reading.contact({ accountId: ME });
  if (!numberHere.ok || !numberThere.ok) throw new Error('no contact');
  expect(numberHere.value.safetyNumber).toBe(numberThere.value.safetyNumber);

  here.saveContact({ accountId: BORIS, chainHead: new Uint8Array(32).fill(9) });
  const changed = await here.reading.contact({ accountId: BORIS });
  expect(changed.ok && changed.value.safetyNumber).not.toBe(numberThere.value.safetyNumber);
});

test('a verified contact is verified for the devices that were compared, and not for ones added since', async () => {
  const { reading, saveContact } = await openReading();
  const compared = { accountId: BORIS, verifiedHead: BORIS_HEAD, verifiedAtMs: MONDAY };
  saveContact({ ...compared, chainHead: BORIS_HEAD });
  expect(await reading.contact({ accountId: BORIS })).toMatchObject({ value: { isVerified: true } });
  saveContact({ ...compared, chainHead: new Uint8Array(32).fill(9) });
  expect(await reading.contact({ accountId: BORIS })).toMatchObject({ value: { isVerified: false } });
});

test('contacts are listed by the name that is shown, all of them, blocked ones too, requests not', async () => {
  const { reading, saveContact } = await openReading();
  saveContact({ accountId: STRANGER, handle: 'aaron', addedAtMs: undefined });
  const nuisance = 'ee'.repeat(32) as AccountId;
  saveContact({ accountId: nuisance, handle: 'aachen', addedAtMs: undefined, blockedAtMs: MONDAY });
  saveContact({ accountId: CARLA, givenName: 'Ängström', profileName: 'Carla', blockedAtMs: MONDAY });
  for (let number = 0; number < 450; number += 1) {
    saveContact({ accountId: number.toString(16).padStart(64, '0') as AccountId, profileName: `Zoe ${number}` });
  }
  const listed = await reading.contacts();
  expect(listed).toHaveLength(453);
  expect(new Set(listed.map(({ accountId }) => accountId)).size).toBe(453);
  expect(listed.slice(0, 3)).toMatchObject([
    { name: 'aachen', isBlocked: true },
    { name: 'Ängström', isBlocked: true },
    { name: 'Boris', isBlocked: false },
  ]);
});

test('somebody who is known from a request can be looked at, since the day it came', async () => {
  const { reading, saveContact, createConversation } = await openReading();
  saveContact({ accountId: STRANGER, handle: 'dora', addedAtMs: undefined });
  createConversation({
    conversationId: toConversation(3),
    peer: STRANGER,
    state: 'requested',
    createdAtMs: MONDAY + 5,
  });
  expect(await reading.contact({ accountId: STRANGER })).toMatchObject({
    value: { name: 'dora', addedAtMs: MONDAY + 5, conversationId: toConversation(3) },
  });
});

test('the name that I give stands everywhere at once, and all windows are told', async () => {
  const { reading, events, receive } = await openReading();
  receive(1, 'hello');
  const updated = await reading.updateContact({
    accountId: BORIS,
    givenName: '  Uncle\u202E  Boris ',
    note: 'Likes tea',
  });
  expect(updated).toMatchObject({ ok: true, value: { name: 'Uncle Boris', profileName: 'Boris', note: 'Likes tea' } });

  expect(await reading.conversation({ conversationId: WITH_BORIS })).toMatchObject({ value: { title: 'Uncle Boris' } });
  const page = await reading.messages({ conversationId: WITH_BORIS, from: { at: 'newest' }, limit: 1 });
  expect(page).toMatchObject({ value: { messages: [{ author: { name: 'Uncle Boris' } }] } });
  expect(await reading.search({ query: 'hello', conversationId: undefined, after: undefined, limit: 1 })).toMatchObject(
    [{ conversationTitle: 'Uncle Boris' }],
  );
  expect(events).toMatchObject([
    { type: 'conversations', changed: [{ conversationId: WITH_BORIS, title: 'Uncle Boris' }] },
    { type: 'contacts', changed: [BORIS] },
  ]);
});

test('an emptied name gives back the one that they sent, and keeps everything else', async () => {
  const { reading, rows, saveContact } = await openReading();
  saveContact({ accountId: BORIS, givenName: 'Bo', profileName: 'Boris', handle: 'boris', chainHead: BORIS_HEAD });
  const before = rows.contacts.read(BORIS);
  expect(await reading.updateContact({ accountId: BORIS, givenName: ' ', note: '' })).toMatchObject({
    value: { name: 'Boris', givenName: undefined },
  });
  expect(rows.contacts.read(BORIS)).toEqual({ ...before, givenName: undefined });
});

test('a name or note that is far too long is cut between characters', async () => {
  const { reading } = await openReading();
  const updated = await reading.updateContact({
    accountId: BORIS,
    givenName: 'é'.repeat(500),
    note: `x${'🫖'.repeat(20_000)}`,
  });
  if (!updated.ok) throw new Error(updated.error.tag);
  expect(updated.value.givenName).toBe('é'.repeat(LIMITS.nameGraphemes));
  expect(utf8Length(updated.value.note)).toBe(LIMITS.textBytes - 3);
  expect(updated.value.note.endsWith('🫖')).toBe(true);
});

test('somebody unknown is said to be unknown, and nobody is told of a change', async () => {
  const { reading, events } = await openReading();
  const unknown = { ok: false, error: { tag: 'contact-unknown' } };
  expect(await reading.contact({ accountId: STRANGER })).toEqual(unknown);
  expect(await reading.updateContact({ accountId: STRANGER, givenName: 'X', note: '' })).toEqual(unknown);
  expect(events).toEqual([]);
});

import { beforeEach, describe, expect, it } from 'vitest';
import type { AccountId, ConversationId, DepositId, GroupId, MailboxId, MessageId, RelayId } from '../../domain/ids.ts';
import type { Database } from '../database.ts';
import { createMemoryFileLayer } from '../file-layer-memory.ts';
import { createTestDatabase } from '../testing/storage-fixture.ts';
import { createCheckpointRepository } from './checkpoint-repository.ts';
import { createContactsRepository, type StoredContact } from './contacts-repository.ts';
import { createConversationsRepository } from './conversations-repository.ts';
import { createCountersRepository } from './counters-repository.ts';
import { createDeviceKeysRepository } from './device-keys-repository.ts';
import { createGroupsRepository, type StoredGroup } from './groups-repository.ts';
import { createHeldEnvelopesRepository } from './held-envelopes-repository.ts';
import { createInvitesRepository } from './invites-repository.ts';
import { createKeyPackagesRepository } from './key-packages-repository.ts';
import { createMessagesRepository } from './messages-repository.ts';
import { createOutboxRepository, type OutboxRepository } from './outbox-repository.ts';
import { createOwnAccountRepository } from './own-account-repository.ts';
import { createReceiptsRepository } from './receipts-repository.ts';
import { createRelaysRepository } from './relays-repository.ts';
import { createSettingsRepository } from './settings-repository.ts';

const idOf = <Id extends string>(byte: number, length: number): Id =>
  byte.toString(16).padStart(2, '0').repeat(length) as Id;
const account = (byte: number): AccountId => idOf<AccountId>(byte, 32);
const group = (byte: number): GroupId => idOf<GroupId>(byte, 16);
const chat = (byte: number): ConversationId => idOf<ConversationId>(byte, 16);
const bytes = (...values: number[]): Uint8Array<ArrayBuffer> => Uint8Array.from(values);

let db: Database;

beforeEach(async () => {
  db = await createTestDatabase(createMemoryFileLayer());
});

const createChat = (byte: number, state: 'active' | 'requested' = 'active', createdAtMs = byte): void =>
  createConversationsRepository(db).create({
    conversationId: chat(byte),
    kind: 'direct',
    state,
    title: '',
    peer: account(byte),
    generation: 0,
    groupId: group(byte),
    createdAtMs,
  });

describe('conversations', () => {
  it('are listed newest first, page by page, without requests', () => {
    for (let byte = 1; byte <= 9; byte += 1) createChat(byte, byte === 5 ? 'requested' : 'active', 100 - (byte % 3));
    const conversations = createConversationsRepository(db);
    const seen: ConversationId[] = [];
    let after: { sortAtMs: number; id: number } | undefined;
    do {
      const page = conversations.page({ after, limit: 3 });
      seen.push(...page.map(({ conversationId }) => conversationId));
      after = page.length === 3 ? page.at(-1) : undefined;
    } while (after !== undefined);
    expect(seen).toEqual([9, 6, 3, 7, 4, 1, 8, 2].map(chat));
    expect(conversations.requests().map(({ conversationId }) => conversationId)).toEqual([chat(5)]);
  });

  it('keep their state, group, draft and marks', () => {
    createChat(1);
    const conversations = createConversationsRepository(db);
    conversations.setState(chat(1), 'blocked');
    conversations.setGroup(chat(1), 2, group(7));
    conversations.setDraft(chat(1), 'not sent yet', 5);
    conversations.setTitle(chat(1), 'title');
    conversations.setListed(chat(1), { pinnedAtMs: 1, archivedAtMs: undefined, mutedUntilMs: 9 });
    expect(conversations.withPeer(account(1))).toMatchObject({
      state: 'blocked',
      generation: 2,
      groupId: group(7),
      draft: 'not sent yet',
      title: 'title',
      pinnedAtMs: 1,
      archivedAtMs: undefined,
      mutedUntilMs: 9,
    });
    expect(conversations.read(chat(2))).toBeUndefined();
  });
});

describe('contacts', () => {
  const contact = (byte: number, names: Partial<StoredContact> = {}): StoredContact => ({
    accountId: account(byte),
    givenName: undefined,
    profileName: undefined,
    handle: undefined,
    note: '',
    relayId: idOf<RelayId>(9, 32),
    chain: bytes(1, 2),
    chainHead: bytes(3),
    verifiedHead: undefined,
    verifiedAtMs: undefined,
    blockedAtMs: undefined,
    addedAtMs: 1,
    ...names,
  });

  it('are listed by the name that is shown, without those who were never added', () => {
    const contacts = createContactsRepository(db);
    contacts.save(contact(1, { handle: 'zoe' }));
    contacts.save(contact(2, { givenName: 'Ärger', profileName: 'x' }));
    contacts.save(contact(3, { profileName: 'Bob' }));
    contacts.save(contact(4, { profileName: 'Aaron', addedAtMs: undefined }));
    const first = contacts.page({ limit: 2 });
    const second = contacts.page({ after: first.next, limit: 2 });
    expect([...first.contacts, ...second.contacts].map(({ accountId }) => accountId)).toEqual([2, 3, 1].map(account));
    expect(second.next).toBeUndefined();
  });

  it('are changed in place', () => {
    const contacts = createContactsRepository(db);
    contacts.save(contact(1));
    const changed = contact(1, { note: 'met in Berlin', blockedAtMs: 7, verifiedHead: bytes(3), verifiedAtMs: 6 });
    contacts.save(changed);
    expect(contacts.read(account(1))).toEqual(changed);
    expect(contacts.blocked()).toEqual([account(1)]);
  });
});

describe('the outbox', () => {
  let outbox: OutboxRepository;
  const messageId = idOf<MessageId>(4, 16);
  const add = (createdAtMs: number): number =>
    outbox.add({
      conversationId: chat(1),
      class: 'message',
      kind: 0,
      messageId,
      arrival: 8,
      payload: bytes(1, 2, 3),
      createdAtMs,
    }).id;
  const sealing = { bytes: bytes(9), depositId: idOf<DepositId>(6, 16), groupId: group(1), base: 3, head: 4 };

  beforeEach(() => {
    createChat(1);
    outbox = createOutboxRepository(db);
  });

  it('tells what somebody wrote from all that waits', () => {
    outbox.seal(add(10), sealing);
    outbox.add({
      conversationId: chat(1),
      class: 'receipt',
      kind: 0,
      messageId: undefined,
      arrival: undefined,
      payload: bytes(1),
      createdAtMs: 10,
    });
    expect([outbox.waitingCount(), outbox.waitingMessageCount()]).toEqual([2, 1]);
  });

  it('gives out what is due in the order of writing, and says when the next one is', () => {
    const [first, second] = [add(10), add(20)];
    expect(outbox.due(15, 10).map(({ id }) => id)).toEqual([first]);
    expect(outbox.due(25, 10).map(({ id }) => id)).toEqual([first, second]);
    outbox.delay(first, 1, 500);
    expect(outbox.due(25, 10).map(({ id }) => id)).toEqual([second]);
    expect(outbox.nextDueAtMs()).toBe(20);
    outbox.hurry(30);
    expect(outbox.due(30, 10).map(({ attempt }) => attempt)).toEqual([1, 0]);
  });

  it('keeps a sealing until it is accepted, or drops it for a new one', () => {
    const id = add(10);
    expect(outbox.read(id)?.state).toEqual({ tag: 'intent' });
    outbox.seal(id, sealing);
    expect(outbox.read(id)?.state).toEqual({ tag: 'sealed', sealing });
    outbox.unseal(id);
    expect(outbox.read(id)).toMatchObject({ state: { tag: 'intent' }, messageId, payload: bytes(1, 2, 3) });
    outbox.seal(id, sealing);
    outbox.accept(id, { sequence: 5, relayAtMs: 100 });
    expect(outbox.read(id)?.state).toEqual({
      tag: 'accepted',
      depositId: sealing.depositId,
      sequence: 5,
      relayAtMs: 100,
    });
    expect([outbox.waitingCount(), outbox.nextDueAtMs(), outbox.due(1_000, 9)]).toEqual([0, undefined, []]);
    expect(outbox.unreceipted(101, 9)).toHaveLength(1);
    expect(outbox.unreceipted(100, 9)).toHaveLength(0);
    outbox.remove(id);
    expect(outbox.byMessage(messageId)).toEqual([]);
  });

  it('drops every sealing of a store that was rolled back, and no intent', () => {
    const [first, second] = [add(1), add(2)];
    outbox.seal(first, sealing);
    outbox.unsealAll();
    expect(outbox.due(9, 9).map(({ id, state }) => [id, state.tag])).toEqual([
      [first, 'intent'],
      [second, 'intent'],
    ]);
  });
});

describe('receipts', () => {
  it('are owed once for each message, and counted once from each device', () => {
    createChat(1);
    const messages = createMessagesRepository(db);
    const receipts = createReceiptsRepository(db);
    const author = { accountId: account(1), deviceIndex: 0 };
    const stored = [1, 2, 3].map((number) =>
      messages.insertReceived(
        chat(1),
        {
          messageId: idOf<MessageId>(number, 16),
          author,
          kind: 0,
          format: 1,
          text: 'x',
          body: undefined,
          time: { wallMs: 1, counter: 0 },
          sentAtMs: 1,
          relayAtMs: 1,
          storedAtMs: 1,
        },
        { position: { generation: 0, sequence: number }, isMine: false },
      ),
    );
    for (const { arrival } of [...stored, ...stored]) receipts.owe(chat(1), arrival);
    const [owed] = receipts.owed(2);
    expect(owed).toEqual({
      conversationId: chat(1),
      messageIds: stored.slice(0, 2).map((message) => message.messageId),
    });
    receipts.settle(owed!);
    expect(receipts.owed(9)).toEqual([{ conversationId: chat(1), messageIds: [stored[2]!.messageId] }]);

    expect(receipts.add(stored[0]!.arrival, author, 'delivered', 5)).toBe(true);
    expect(receipts.add(stored[0]!.arrival, author, 'delivered', 6)).toBe(false);
    expect(receipts.add(stored[0]!.arrival, author, 'read', 6)).toBe(true);
  });
});

describe('groups', () => {
  const stored = (byte: number, generation = 0): StoredGroup => ({
    groupId: group(byte),
    conversationId: chat(1),
    generation,
    previousGroup: undefined,
    engine: 'test',
    engineVersion: 1,
    epoch: 0,
    base: 1,
    head: 1,
    capability: undefined,
    standing: 'active',
    ownCounter: 0,
    hot: bytes(1),
  });

  it('keep hot and cold state apart, and sender counters with them', () => {
    createChat(1);
    const groups = createGroupsRepository(db);
    groups.save(stored(1));
    groups.saveCold(group(1), bytes(7, 7));
    groups.saveSender(group(1), { leaf: 3, nextCounter: 5, missing: bytes(4) });
    const advanced = { ...stored(1), epoch: 1, hot: bytes(2), capability: bytes(9), standing: 'broken' as const };
    groups.save(advanced);
    expect(groups.read(group(1))).toEqual(advanced);
    expect(groups.cold(group(1))).toEqual(bytes(7, 7));
    expect(groups.sender(group(1), 3)).toEqual({ leaf: 3, nextCounter: 5, missing: bytes(4) });
    groups.removeSender(group(1), 3);
    expect(groups.sender(group(1), 3)).toBeUndefined();
  });

  it('are listed by conversation, newest generation first, and go with everything', () => {
    createChat(1);
    const groups = createGroupsRepository(db);
    groups.save(stored(1));
    groups.save(stored(2, 1));
    groups.saveCold(group(1), bytes(1));
    expect(groups.ofConversation(chat(1)).map(({ groupId }) => groupId)).toEqual([group(2), group(1)]);
    const { generation } = groups.read(group(2))!;
    groups.save({ ...stored(3), generation });
    expect([groups.countOf(chat(1), generation), groups.countOf(chat(2), generation)]).toEqual([2, 0]);
    groups.remove(group(3));
    groups.remove(group(1));
    expect([groups.list().length, groups.cold(group(1))]).toEqual([1, undefined]);
  });
});

describe('the device checkpoint', () => {
  it('remembers what is confirmed, what is pending, and the last 4,096', () => {
    const checkpoint = createCheckpointRepository(db);
    expect(checkpoint.read()).toEqual({ confirmed: undefined, pending: undefined });
    db.transaction(() => {
      for (let number = 0; number < 4_100; number += 1) {
        checkpoint.begin(bytes(number >> 8, number & 255));
        checkpoint.confirm();
      }
    });
    expect(checkpoint.read()).toEqual({ confirmed: bytes(16, 3), pending: undefined });
    expect(checkpoint.isInRing(bytes(16, 2))).toBe(true);
    expect(checkpoint.isInRing(bytes(0, 3))).toBe(true);
    expect(checkpoint.isInRing(bytes(0, 2))).toBe(false);
    checkpoint.begin(bytes(1));
    checkpoint.reset(bytes(2));
    expect(checkpoint.read()).toEqual({ confirmed: bytes(2), pending: undefined });
  });
});

describe('small things', () => {
  it('settings, keys and the own account are kept as they were given', () => {
    const settings = createSettingsRepository(db);
    settings.write('a', bytes(1));
    settings.write('a', bytes(2));
    expect(settings.read('a')).toEqual(bytes(2));
    settings.remove('a');
    expect(settings.read('a')).toBeUndefined();

    const keys = createDeviceKeysRepository(db);
    const key = { publicKey: bytes(1), wrapped: bytes(2), createdAtMs: 3 };
    keys.save('signature', key);
    expect(keys.read('signature')).toEqual(key);
    keys.remove('signature');
    expect(keys.read('signature')).toBeUndefined();

    const own = createOwnAccountRepository(db);
    expect(own.read()).toBeUndefined();
    const me = {
      name: 'Ada',
      accountId: account(1),
      deviceIndex: 0,
      handle: undefined,
      handleCounter: 2,
      chain: bytes(1),
      chainHead: undefined,
      relayId: undefined,
    };
    own.save({ ...me, name: 'before' });
    own.save(me);
    expect(own.read()).toEqual(me);
  });

  it('a relay keeps its cursor', () => {
    const relays = createRelaysRepository(db);
    const relay = {
      relayId: idOf<RelayId>(1, 32),
      url: 'https://relay.example',
      publicKey: bytes(1),
      mailboxId: idOf<MailboxId>(2, 32),
      incarnation: undefined,
      cursor: 0,
      fetchToken: undefined,
      fetchTokenExpiresAtMs: undefined,
    };
    relays.save(relay);
    relays.saveCursor(relay.relayId, 77);
    expect(relays.read(relay.relayId)).toEqual({ ...relay, cursor: 77 });
    expect(relays.list()).toHaveLength(1);
  });

  it('counters count up, imported history counts down', () => {
    const counters = createCountersRepository(db);
    expect([counters.next('arrival'), counters.next('arrival')]).toEqual([2 ** 40 + 1, 2 ** 40 + 2]);
    expect([counters.next('imported'), counters.next('pending')]).toEqual([2 ** 40 - 1, 1]);
    counters.saveHybridTime({ wallMs: 5, counter: 6 });
    counters.saveVaultHeaderSequence(9);
    expect([counters.hybridTime(), counters.vaultHeaderSequence()]).toEqual([{ wallMs: 5, counter: 6 }, 9]);
  });

  it('key packages go from made to published to claimed to gone', () => {
    const packages = createKeyPackagesRepository(db);
    const make = (ref: number, isLastResort = false) => ({
      ref: bytes(ref),
      publicBytes: bytes(1),
      privateBytes: bytes(2),
      isLastResort,
      createdAtMs: ref,
      publishedAtMs: undefined,
      claimedAtMs: undefined,
    });
    packages.save(make(1));
    packages.save(make(2, true));
    expect(packages.unpublished()).toHaveLength(2);
    packages.markPublished(bytes(1), 5);
    packages.markPublished(bytes(2), 5);
    expect(packages.publishedCount()).toBe(1);
    packages.markClaimed(bytes(1), 6);
    expect([packages.publishedCount(), packages.removeClaimedBefore(6), packages.removeClaimedBefore(7)]).toEqual([
      0, 0, 1,
    ]);
    packages.remove(bytes(2));
    expect(packages.read(bytes(2))).toBeUndefined();
  });

  it('envelopes are held in order until they are released', () => {
    const held = createHeldEnvelopesRepository(db);
    const envelope = (reason: 'request' | 'early', sequence: number) => ({
      reason,
      groupId: group(1),
      class: 'message',
      sequence,
      relayAtMs: 1,
      envelope: bytes(sequence),
      fromAccount: undefined,
      heldAtMs: 2,
    });
    held.hold(envelope('early', 9));
    const { id } = held.hold(envelope('early', 3));
    held.hold({ ...envelope('request', 1), fromAccount: account(1) });
    expect(held.ofGroup(group(1)).map(({ sequence }) => sequence)).toEqual([1, 3, 9]);
    held.release(id);
    expect(held.withReason('early')).toHaveLength(1);
    expect(held.count('request')).toBe(1);
    held.releaseGroup(group(1));
    expect(held.count('request')).toBe(0);
  });

  it('an invite is used once', () => {
    const invites = createInvitesRepository(db);
    invites.add({ id: bytes(1), secret: bytes(2), createdAtMs: 1, expiresAtMs: 10 });
    expect(invites.markUsed(bytes(1), account(1), 5)).toBe(true);
    expect(invites.markUsed(bytes(1), account(2), 6)).toBe(false);
    expect(invites.markUsed(bytes(9), account(2), 6)).toBe(false);
    expect(invites.read(bytes(1))).toMatchObject({ usedAtMs: 5, usedBy: account(1) });
    expect(invites.removeExpiredBefore(11)).toBe(1);
  });
});

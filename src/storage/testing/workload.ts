/**
 * What an account does all day, in transactions as core and sync make them, over the real repositories. Used by crash
 * sweeps and benchmarks; deterministic, so that a state can be told from the number of transactions alone.
 */
import type { AccountId, ConversationId, DepositId, GroupId, MailboxId, MessageId, RelayId } from '../../domain/ids.ts';
import { bytesToHex } from '../../domain/ids.ts';
import type { Database } from '../database.ts';
import { createCheckpointRepository } from '../repositories/checkpoint-repository.ts';
import { createConversationsRepository } from '../repositories/conversations-repository.ts';
import { createCountersRepository } from '../repositories/counters-repository.ts';
import { createGroupsRepository } from '../repositories/groups-repository.ts';
import type { MessageContent } from '../repositories/message-rows.ts';
import { createMessagesRepository } from '../repositories/messages-repository.ts';
import { createOutboxRepository } from '../repositories/outbox-repository.ts';
import { createReceiptsRepository } from '../repositories/receipts-repository.ts';
import { createRelaysRepository } from '../repositories/relays-repository.ts';
import { seededChance, seededRandom } from './storage-fixture.ts';

const CONVERSATIONS = 20;
const START_MS = 1_790_000_000_000;
const ME = { accountId: 'aa'.repeat(32) as AccountId, deviceIndex: 0 };
const RELAY = '55'.repeat(32) as RelayId;
/** Payload kind of a text message. */
const TEXT = 0;
const WORDS = 'river lamp winter quiet paper orange window tiger cloud Ångström 山 garden seven letter hello'.split(
  ' ',
);

export interface Workload {
  /** Conversations, groups and a mailbox to work with: one transaction. */
  prepare(): void;
  /** Write a message and its intent; or seal it; or note that the relay took it: one transaction each, in turn. */
  send(): void;
  /** Store a batch of `size` received messages: one transaction. */
  receive(size: number): void;
  /** Delete the oldest messages and give their pages back: one transaction. */
  shrink(count: number): void;
}

const idOf = <Id extends string>(prefix: number, number: number, length: number): Id =>
  (prefix.toString(16).padStart(2, '0') + number.toString(16).padStart(2 * length - 2, '0')) as Id;

export const workloadConversation = (index: number): ConversationId => idOf<ConversationId>(0xc0, index, 16);
const groupOf = (index: number): GroupId => idOf<GroupId>(0x60, index, 16);
const peerOf = (index: number): AccountId => idOf<AccountId>(0xb0, index, 32);

/**
 * @param begun transactions that the database holds already
 * @throws Error where a transaction fails: the workload goes on only over what was acknowledged
 */
export const createWorkload = (db: Database, seed: number, begun = 0): Workload => {
  const conversations = createConversationsRepository(db);
  const messages = createMessagesRepository(db);
  const outbox = createOutboxRepository(db);
  const groups = createGroupsRepository(db);
  const receipts = createReceiptsRepository(db);
  const counters = createCountersRepository(db);
  const checkpoint = createCheckpointRepository(db);
  const relays = createRelaysRepository(db);
  const chance = seededChance(seed);
  const random = seededRandom(seed + 1);
  let clockMs = START_MS;
  // Beyond whatever a workload before this one wrote.
  let sequence = 1_000 * begun;
  let transactions = begun;
  let step = 0;
  let currentOutboxId = 0;

  const commit = (work: () => void): void => {
    transactions += 1;
    clockMs += 1_000;
    const committed = db.transaction(() => {
      work();
      db.run(`INSERT OR REPLACE INTO counters (name, value) VALUES ('transactions', ?)`, [transactions]);
    });
    if (!committed.ok) throw new Error(`transaction ${transactions}: ${committed.error.tag}`);
  };

  const pick = (): number => Math.floor(chance() ** 3 * CONVERSATIONS);

  const text = (): string =>
    Array.from({ length: 2 + Math.floor(chance() * 30) }, () => WORDS[Math.floor(chance() * WORDS.length)]).join(' ');

  /** Ids begin with the time, as the app makes them: neighbours in time are neighbours in the index. */
  const messageId = (): MessageId => (clockMs.toString(16).padStart(12, '0') + bytesToHex(random(10))) as MessageId;

  const content = (author: MessageContent['author'], relayAtMs: number | undefined): MessageContent => ({
    messageId: messageId(),
    author,
    kind: TEXT,
    format: 1,
    text: text(),
    body: undefined,
    time: { wallMs: clockMs, counter: 0 },
    sentAtMs: clockMs,
    relayAtMs,
    storedAtMs: clockMs,
  });

  const advanceRatchet = (index: number): void => {
    const group = groups.read(groupOf(index));
    if (group === undefined) throw new Error('no group');
    groups.save({ ...group, ownCounter: group.ownCounter + 1, hot: random(326) });
  };

  const write = (): void => {
    const index = pick();
    const message = messages.insertOwn(workloadConversation(index), content(ME, undefined));
    const item = outbox.add({
      conversationId: workloadConversation(index),
      class: 'message',
      kind: TEXT,
      messageId: message.messageId,
      arrival: message.arrival,
      payload: random(256),
      createdAtMs: clockMs,
    });
    currentOutboxId = item.id;
    counters.saveHybridTime({ wallMs: clockMs, counter: 0 });
  };

  const seal = (): void => {
    const index = pick();
    const depositId = bytesToHex(random(16)) as DepositId;
    outbox.seal(currentOutboxId, { bytes: random(700), depositId, groupId: groupOf(index), base: 1, head: 1 });
    advanceRatchet(index);
    checkpoint.begin(random(32));
  };

  const accept = (): void => {
    const item = outbox.read(currentOutboxId);
    const message = item?.arrival === undefined ? undefined : messages.byArrival(item.arrival);
    if (message === undefined) throw new Error('nothing to accept');
    sequence += 1;
    messages.accept(message, { generation: 0, sequence }, clockMs);
    outbox.accept(currentOutboxId, { sequence, relayAtMs: clockMs });
    checkpoint.confirm();
    // A receipt came for an older one.
    const [oldest] = outbox.unreceipted(clockMs - 20_000, 1);
    if (oldest?.arrival === undefined) return;
    messages.setDelivery(oldest.arrival, { tag: 'on-device' });
    outbox.remove(oldest.id);
  };

  return {
    prepare: () =>
      commit(() => {
        relays.save({
          relayId: RELAY,
          url: 'https://relay.example',
          publicKey: random(97),
          mailboxId: 'dd'.repeat(32) as MailboxId,
          incarnation: random(16),
          cursor: 0,
          fetchToken: undefined,
          fetchTokenExpiresAtMs: undefined,
        });
        for (let index = 0; index < CONVERSATIONS; index += 1) {
          conversations.create({
            conversationId: workloadConversation(index),
            kind: 'direct',
            state: 'active',
            title: '',
            peer: peerOf(index),
            generation: 0,
            groupId: groupOf(index),
            createdAtMs: clockMs,
          });
          groups.save({
            groupId: groupOf(index),
            conversationId: workloadConversation(index),
            generation: 0,
            previousGroup: undefined,
            engine: 'test',
            engineVersion: 1,
            epoch: 1,
            base: 1,
            head: 1,
            capability: random(32),
            standing: 'active',
            ownCounter: 0,
            hot: random(326),
          });
          groups.saveCold(groupOf(index), random(3_000));
        }
      }),

    send() {
      commit([write, seal, accept][step % 3] ?? write);
      step += 1;
    },

    receive: (size) =>
      commit(() => {
        const index = pick();
        for (let count = 0; count < size; count += 1) {
          sequence += 1;
          const stored = messages.insertReceived(
            workloadConversation(index),
            content({ accountId: peerOf(index), deviceIndex: 0 }, clockMs),
            { position: { generation: 0, sequence }, isMine: false },
          );
          receipts.owe(workloadConversation(index), stored.arrival);
        }
        groups.saveSender(groupOf(index), { leaf: 1, nextCounter: sequence, missing: undefined });
        advanceRatchet(index);
        relays.saveCursor(RELAY, sequence);
      }),

    shrink: (count) =>
      commit(() => {
        const oldest = db.rows<{ arrival: number }>('SELECT arrival FROM messages ORDER BY arrival LIMIT ?', [count]);
        for (const { arrival } of oldest) messages.remove(arrival);
        db.rows('PRAGMA incremental_vacuum(20)');
      }),
  };
};

/** What stands in the database, small enough to compare and complete enough that half a transaction shows. */
export const summarise = (db: Database): string => {
  const sums = [
    `SELECT count(*) AS n, total(arrival) AS a, total(sequence) AS s, total(length(text)) AS t FROM messages`,
    `SELECT count(*) AS n, total(arrival) AS a FROM message_ids`,
    `SELECT count(*) AS n, total(rowid) AS a FROM message_index WHERE message_index MATCH 'river OR hello'`,
    `SELECT count(*) AS n, group_concat(state || coalesce(hex(deposit_id), '')) AS s FROM outbox`,
    `SELECT group_concat(unread_count || ':' || coalesce(last_arrival, 0) || ':' || sort_at) AS s FROM conversations`,
    `SELECT group_concat(own_counter || ':' || substr(hex(hot), 1, 16)) AS s FROM groups`,
    `SELECT count(*) AS n, total(arrival) AS a FROM receipts_owed`,
    `SELECT group_concat(name || value) AS s FROM counters`,
    `SELECT hex(confirmed) AS c, hex(pending) AS p FROM checkpoint`,
    `SELECT group_concat(leaf || ':' || next_counter) AS s FROM group_senders`,
  ];
  return JSON.stringify(sums.map((sql) => db.row(sql)));
};

/** The number of the newest transaction that the database holds. */
export const transactionsOf = (db: Database): number =>
  db.row<{ value: number }>(`SELECT value FROM counters WHERE name = 'transactions'`)?.value ?? 0;

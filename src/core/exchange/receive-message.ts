/** What an opened message or receipt does (docs/protocol/payload.md). The author is the sender's leaf. */
import type { AccountId, MessageId } from '../../domain/ids.ts';
import { observeHybrid } from '../../domain/hybrid-time.ts';
import { cutName } from '../../domain/names.ts';
import type { LeafIdentity } from '../../wire/account-entry.ts';
import { decodePayload, PAYLOAD_KIND, profileBody, receiptBody, textBody, type Payload } from '../../wire/payload.ts';
import { decodeWith } from '../../wire/schema.ts';
import { openMessage } from '../../mls/open-envelope.ts';
import type { OpenedItem } from '../../sync/ports.ts';
import type { Notice } from '../reading/notice-kinds.ts';
import { freePosition } from './free-position.ts';
import type { OpenGroup } from './open-groups.ts';
import { moveDelivery } from './set-delivery.ts';
import { toShownTime } from './shown-time.ts';
import type { StepScope } from './step-scope.ts';
import { writeNotice } from './write-notice.ts';

/** An opened payload, and where it stands. */
type Received = {
  readonly payload: Payload;
  readonly author: LeafIdentity;
  readonly item: OpenedItem;
  readonly row: OpenGroup['row'];
};

/**
 * What does not open is dropped without a word: a replay, a forgery and one of our own that came back late look alike.
 * Nothing is lost by that, for a sender without a receipt sends again, and a gap in the counters is told.
 */
export const receiveMessage = async (scope: StepScope, item: OpenedItem): Promise<void> => {
  const { context, groups } = scope;
  const group = groups.get(item.groupId);
  if (group === undefined) return;
  const opened = await openMessage(context.engine(), group.state, item.envelope, group.row.base);
  if (!opened.ok) return;
  groups.put({ row: group.row, state: opened.value.nextState });
  const payload = decodePayload(opened.value.payload);
  const { identity: author, leaf } = opened.value.author;
  if (!payload.ok) {
    scope.later(() => noteUndecryptable(scope, { author, item, row: group.row }, leaf));
    return;
  }
  const received: Received = { payload: payload.value, author, item, row: group.row };
  scope.later(() => {
    noteHeard(scope, received, leaf);
  });
  if (isBlocked(scope, author.accountId)) return;
  takePayload(scope, received);
};

const takePayload = (scope: StepScope, received: Received): void => {
  const { payload, item } = received;
  switch (payload.kind) {
    case PAYLOAD_KIND.receipt: {
      const body = decodeWith(receiptBody, payload.body);
      if (body.ok) scope.later(() => body.value.delivered.forEach((id) => takeReceipt(scope, received, id)));
      return;
    }
    case PAYLOAD_KIND.profile: {
      const body = decodeWith(profileBody, payload.body);
      if (body.ok) scope.later(() => takeProfile(scope, received.author.accountId, body.value.name));
      return;
    }
    case PAYLOAD_KIND.text: {
      const body = decodeWith(textBody, payload.body);
      if (item.header.class !== 'message') return;
      if (!body.ok) return scope.later(() => tell(scope, 'undecryptable', received));
      oweReceipt(scope, received);
      scope.later(() => storeMessage(scope, received, body.value.text));
      return;
    }
    default:
      // Made by a newer version: kept, and read after an update.
      if (item.header.class !== 'message') return;
      oweReceipt(scope, received);
      scope.later(() => storeMessage(scope, received, undefined));
  }
};

/** Part of the protocol and nobody's choice: without it a sender cannot tell what arrived. Also for a repeat. */
const oweReceipt = ({ owed }: StepScope, { item, payload }: Received): void => {
  owed.set(item.groupId, [...(owed.get(item.groupId) ?? []), payload.messageId]);
};

const storeMessage = ({ context }: StepScope, received: Received, text: string | undefined): void => {
  const { rows, changes, deps } = context;
  const { payload, author, item, row } = received;
  if (rows.messages.hasSeen(author.accountId, payload.messageId)) return;
  const { conversationId, generation } = row;
  const relayAtMs = toShownTime(item.timeMs, deps.clock());
  const stored = rows.messages.insertReceived(
    conversationId,
    {
      messageId: payload.messageId,
      author,
      kind: payload.kind,
      format: payload.format,
      text,
      body: text === undefined ? payload.body : undefined,
      time: payload.time,
      sentAtMs: payload.time.wallMs,
      relayAtMs,
      storedAtMs: deps.clock(),
    },
    {
      position: freePosition(rows, conversationId, { generation, sequence: item.sequence, relayAtMs }),
      isMine: author.accountId === context.identity()?.accountId,
    },
  );
  changes.message(conversationId, stored.arrival);
};

/** Only from somebody who stands in the conversation that the message was sent to. */
const takeReceipt = ({ context, identity }: StepScope, { author, row, item }: Received, id: MessageId): void => {
  const { rows, changes, deps } = context;
  const message = rows.messages.byId(identity.accountId, id);
  if (message?.conversationId !== row.conversationId) return;
  rows.receipts.add(message.arrival, author, 'delivered', deps.clock());
  const relayAtMs = toShownTime(item.timeMs, deps.clock());
  const numbered = { generation: row.generation, sequence: item.sequence, relayAtMs };
  // Its receipt can be here before the relay's answer: then the receipt is the proof that the relay took it.
  rows.messages.accept(message, freePosition(rows, row.conversationId, numbered), relayAtMs);
  moveDelivery(context, message.arrival, { tag: 'receipt' });
  for (const sent of rows.outbox.byMessage(id)) rows.outbox.remove(sent.id);
  changes.waiting();
};

const takeProfile = ({ context }: StepScope, accountId: AccountId, rawName: string): void => {
  const { rows, changes } = context;
  const contact = rows.contacts.read(accountId);
  const profileName = cutName(rawName);
  if (contact === undefined || profileName === '' || contact.profileName === profileName) return;
  rows.contacts.save({ ...contact, profileName });
  changes.contact(accountId);
  const conversation = rows.conversations.withPeer(accountId);
  if (conversation !== undefined) changes.conversation(conversation.conversationId);
};

/** The clock, the sender's counter and what it says is missing, and that the other side is there. */
const noteHeard = (scope: StepScope, received: Received, leaf: number): void => {
  const { rows, changes, deps } = scope.context;
  const { payload, author, row } = received;
  rows.counters.saveHybridTime(observeHybrid(rows.counters.hybridTime(), payload.time, deps.clock()));
  const heard = rows.groups.sender(row.groupId, leaf);
  // Senders send strictly in order, so what was left out does not come later under its number.
  if (payload.counter > (heard?.nextCounter ?? 0)) tell(scope, 'messages-missing', received);
  const nextCounter = Math.min(Math.max(heard?.nextCounter ?? 0, payload.counter + 1), Number.MAX_SAFE_INTEGER);
  rows.groups.saveSender(row.groupId, { leaf, nextCounter, missing: heard?.missing });
  const conversation = rows.conversations.read(row.conversationId);
  if (conversation?.state === 'waiting' && author.accountId === conversation.peer) {
    rows.conversations.setState(row.conversationId, 'active');
    changes.conversation(row.conversationId);
  }
};

/** Sealed by a member and still no payload: a fault of their program, told because a person has to ask again. */
const noteUndecryptable = (scope: StepScope, received: Omit<Received, 'payload'>, leaf: number): void => {
  const { groups } = scope.context.rows;
  const { groupId } = received.row;
  const heard = groups.sender(groupId, leaf);
  // It took a counter of its own: the next message shall not tell of it once more.
  groups.saveSender(groupId, { leaf, nextCounter: (heard?.nextCounter ?? 0) + 1, missing: heard?.missing });
  tell(scope, 'undecryptable', received);
};

const tell = (scope: StepScope, notice: Notice, { author, row, item }: Omit<Received, 'payload'>): void => {
  if (isBlocked(scope, author.accountId)) return;
  const { conversationId, generation } = row;
  const { sequence, timeMs: relayAtMs } = item;
  writeNotice(scope.context, notice, { conversationId, generation, sequence, relayAtMs, author });
};

const isBlocked = ({ context }: StepScope, accountId: AccountId): boolean =>
  context.rows.contacts.read(accountId)?.blockedAtMs !== undefined;

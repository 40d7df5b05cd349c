/** What the relay's answer to a sealing changes (docs/protocol/sync.md, "Outbox"). */
import type { DispatchAnswer } from '../../sync/ports.ts';
import { isPlausibleSequence } from '../../sync/inbox.ts';
import { refusalToEvent } from '../../sync/outbox.ts';
import type { OutboxItem, Sealing } from '../../storage/repositories/outbox-repository.ts';
import type { StoredGroup } from '../../storage/repositories/groups-repository.ts';
import type { AccountContext } from '../context.ts';
import { isOfRelay } from '../account/read-me.ts';
import { NOTICE_KINDS } from '../reading/notice-kinds.ts';
import { OLDER_COPY, readSetting } from '../settings.ts';
import { failConversation } from './fail-conversation.ts';
import { freePosition } from './free-position.ts';
import { payloadIntent, readStored } from './intent.ts';
import { newestSequence } from './newest-sequence.ts';
import { moveDelivery } from './set-delivery.ts';
import { toShownTime } from './shown-time.ts';
import type { StepScope } from './step-scope.ts';
import { writeNotice } from './write-notice.ts';

export type SealedItem = OutboxItem & { readonly state: { readonly tag: 'sealed'; readonly sealing: Sealing } };

export const takeAnswer = (scope: StepScope, item: SealedItem, answer: DispatchAnswer): void => {
  if (answer.ok)
    return item.class === 'handshake' ? openGroup(scope, item, answer.value) : accept(scope, item, answer.value);
  const event = refusalToEvent(answer.error);
  if (event?.tag === 'stale') return sealAnew(scope, item);
  if (event?.tag === 'refused') return giveUp(scope, item, event.failure);
};

type Accepted = { readonly sequence: number; readonly timeMs: number };

/** A message follows what it was sealed on, and numbers follow each other: any other was not given by an honest relay. */
export const isBelievable = ({ context, groups }: StepScope, item: SealedItem, { sequence }: Accepted): boolean => {
  const { groupId, base } = item.state.sealing;
  const row = groups.get(groupId)?.row;
  return (
    sequence > base && (row === undefined || isPlausibleSequence(sequence, newestSequence(context.rows.timeline, row)))
  );
};

/** Nobody but us can have committed to a group of our own: this commit is the one that stands. */
const openGroup = ({ context, groups, later }: StepScope, item: SealedItem, { sequence, timeMs }: Accepted): void => {
  const group = groups.get(item.state.sealing.groupId);
  if (group === undefined) return;
  groups.put({ ...group, row: { ...group.row, base: sequence, head: sequence, standing: 'active' } });
  later(() => {
    context.rows.outbox.remove(item.id);
    context.rows.conversations.setGroup(item.conversationId, group.row.generation, group.row.groupId);
    if (group.row.generation > 0) tellOlderCopy(context, group.row, { sequence, timeMs });
    context.changes.conversation(item.conversationId);
    context.changes.waiting();
  });
};

/** Where the history of the former device ends, and what came with the new one begins: later openings are no news. */
const tellOlderCopy = (
  context: AccountContext,
  { conversationId, generation }: Pick<StoredGroup, 'conversationId' | 'generation'>,
  { sequence, timeMs: relayAtMs }: Accepted,
): void => {
  const author = context.identity();
  const found = readSetting(context.rows.settings, OLDER_COPY);
  if (author === undefined || found === undefined) return;
  const notice = isOfRelay(context.rows, found) ? 'relay-restored' : 'older-copy';
  if (context.rows.messages.hasKind(conversationId, NOTICE_KINDS[notice], found.foundAtMs)) return;
  writeNotice(context, notice, { conversationId, generation, sequence, relayAtMs, author });
};

/** A message waits for its receipt from now on; nothing else does. */
const accept = ({ context, groups, later }: StepScope, item: SealedItem, { sequence, timeMs }: Accepted): void => {
  const { rows, changes, deps } = context;
  const generation = groups.get(item.state.sealing.groupId)?.row.generation ?? 0;
  later(() => {
    const message = item.arrival === undefined ? undefined : rows.messages.byArrival(item.arrival);
    if (message === undefined) {
      rows.outbox.remove(item.id);
      return;
    }
    // A person waits since the first time, however often it was sealed.
    const { firstAcceptedMs } = readStored(payloadIntent, item.payload);
    rows.outbox.accept(item.id, { sequence, relayAtMs: firstAcceptedMs ?? timeMs });
    const relayAtMs = toShownTime(timeMs, deps.clock());
    const position = freePosition(rows, item.conversationId, { generation, sequence, relayAtMs });
    rows.messages.accept(message, position, relayAtMs);
    moveDelivery(context, message.arrival, { tag: 'accepted' });
    changes.message(item.conversationId, message.arrival);
    changes.waiting();
  });
};

/**
 * 409. Everything sealed after it in this group waits behind it and was never sent, so all of it is sealed anew, in
 * order and under the same counters: receivers see no gap. An opening begins again with another group.
 */
const sealAnew = ({ context, groups, later }: StepScope, item: SealedItem): void => {
  const { rows } = context;
  const { groupId } = item.state.sealing;
  const waiting = rows.outbox.sealed().filter((other) => isIn(other, groupId) && other.id >= item.id);
  const group = groups.get(groupId);
  if (group !== undefined && item.class !== 'handshake') {
    groups.put({ ...group, row: { ...group.row, ownCounter: group.row.ownCounter - waiting.length } });
  }
  later(() => {
    for (const other of waiting) rows.outbox.unseal(other.id);
    if (item.class === 'handshake') rows.groups.remove(groupId);
  });
};

const giveUp = (
  { context, later }: StepScope,
  item: SealedItem,
  failure: 'expired' | 'refused' | 'recipient-unreachable',
): void => {
  const { rows, changes } = context;
  later(() => {
    if (item.class === 'handshake') {
      rows.groups.remove(item.state.sealing.groupId);
      return failConversation(context, item.conversationId);
    }
    rows.outbox.remove(item.id);
    if (item.arrival !== undefined) moveDelivery(context, item.arrival, { tag: 'given-up', failure });
    changes.waiting();
  });
};

export const isSealed = (item: OutboxItem): item is SealedItem => item.state.tag === 'sealed';

const isIn = (item: OutboxItem, groupId: string): boolean => isSealed(item) && item.state.sealing.groupId === groupId;

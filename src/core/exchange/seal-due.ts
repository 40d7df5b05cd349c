/** Seals what is due: what is saved here is sent later, unchanged (docs/protocol/sync.md, "Outbox"). */
import { tickHybrid } from '../../domain/hybrid-time.ts';
import type { DepositId, GroupId, MessageId } from '../../domain/ids.ts';
import { LIMITS } from '../../domain/limits.ts';
import { createMessageId } from '../../domain/message-id.ts';
import { encodePayload, PAYLOAD_FORMAT, PAYLOAD_KIND, receiptBody } from '../../wire/payload.ts';
import { encodeWith } from '../../wire/schema.ts';
import { sealMessage } from '../../mls/seal-envelope.ts';
import type { OutboxItem, Sealing } from '../../storage/repositories/outbox-repository.ts';
import type { OwedReceipts } from '../../storage/repositories/receipts-repository.ts';
import { nextOutbox, RENEW_AFTER_MS } from '../../sync/outbox.ts';
import type { RelayTime } from '../../sync/ports.ts';
import type { AccountContext } from '../context.ts';
import { activeGroup } from './active-group.ts';
import { failStranded } from './broken-conversation.ts';
import { failConversation } from './fail-conversation.ts';
import { payloadIntent, readStored, type PayloadIntent } from './intent.ts';
import { sealOpening } from './seal-opening.ts';
import { moveDelivery } from './set-delivery.ts';
import type { StepScope } from './step-scope.ts';

/** Messages that are looked at in one step for having waited too long. */
const LOOK_AHEAD = 1_000;

export const hasDue = (context: Pick<AccountContext, 'rows'>): boolean =>
  context.rows.outbox.sealable(1).length > 0 || owedEarlier(context).length > 0;

/** Receipts of steps that could not seal. */
const owedEarlier = ({ rows }: Pick<AccountContext, 'rows'>): readonly OwedReceipts[] =>
  rows.receipts
    .owed(LIMITS.receiptIds)
    .filter(({ conversationId }) => activeGroup(rows.groups, conversationId) !== undefined);

/** Answers how many things were sealed. */
export const sealDue = async (
  scope: StepScope,
  time: RelayTime,
  createDepositId: () => DepositId,
  limit: number,
): Promise<number> => {
  scope.later(() => {
    letTimePass(scope.context, time.nowMs);
    failStranded(scope.context);
  });
  let count = 0;
  for (const item of scope.context.rows.outbox.sealable(limit)) {
    if (isTakenBack(scope, item)) {
      scope.later(() => scope.context.rows.outbox.remove(item.id));
    } else if (item.class === 'handshake') {
      const opened = await sealOpening(scope, item, createDepositId);
      if (!opened.ok) scope.later(() => failConversation(scope.context, item.conversationId));
    } else {
      const group = activeGroup(scope.context.rows.groups, item.conversationId);
      if (group === undefined) continue;
      const sealing = await sealIn(scope, group.groupId, item, createDepositId());
      if (sealing !== undefined) scope.later(() => scope.context.rows.outbox.seal(item.id, sealing));
    }
    count += 1;
  }
  return count + (await sealReceipts(scope, createDepositId));
};

/** Its message was deleted before it was sealed. One that is deleted from now on goes out. */
const isTakenBack = ({ context }: StepScope, { arrival }: OutboxItem): boolean =>
  arrival !== undefined && context.rows.messages.byArrival(arrival) === undefined;

const sealReceipts = async (scope: StepScope, createDepositId: () => DepositId): Promise<number> => {
  const { rows } = scope.context;
  let count = 0;
  for (const owed of owedEarlier(scope.context)) {
    const group = activeGroup(rows.groups, owed.conversationId);
    if (group === undefined) continue;
    await sealReceipt(scope, group.groupId, owed.messageIds, createDepositId());
    scope.later(() => rows.receipts.settle(owed));
    count += 1;
  }
  for (const [groupId, messageIds] of scope.owed) {
    for (let start = 0; start < messageIds.length; start += LIMITS.receiptIds) {
      await sealReceipt(scope, groupId, messageIds.slice(start, start + LIMITS.receiptIds), createDepositId());
      count += 1;
    }
  }
  scope.owed.clear();
  return count;
};

type Sealable = Pick<OutboxItem, 'class' | 'kind' | 'messageId' | 'payload'>;

const sealIn = async (
  { context, groups }: StepScope,
  groupId: GroupId,
  item: Sealable,
  depositId: DepositId,
): Promise<Sealing | undefined> => {
  const group = groups.get(groupId);
  if (group?.row.standing !== 'active' || item.messageId === undefined) return undefined;
  const { row } = group;
  const { time, body } = readStored(payloadIntent, item.payload);
  const place = { base: row.base, head: row.head, depositId };
  const payload = encodePayload({
    format: PAYLOAD_FORMAT,
    kind: item.kind,
    messageId: item.messageId,
    counter: row.ownCounter,
    time,
    body,
  });
  const deps = { engine: context.engine(), random: context.deps.random };
  const className = item.class === 'receipt' ? 'receipt' : 'message';
  const { envelope, nextState } = await sealMessage(deps, group.state, { class: className, place, payload });
  groups.put({ row: { ...row, ownCounter: row.ownCounter + 1 }, state: nextState });
  return { bytes: envelope, groupId, ...place };
};

/** In the group that carried the messages, in the step that opened them: durable together with them. */
const sealReceipt = async (
  scope: StepScope,
  groupId: GroupId,
  delivered: readonly MessageId[],
  depositId: DepositId,
): Promise<void> => {
  const { rows, deps } = scope.context;
  const conversationId = scope.groups.get(groupId)?.row.conversationId;
  if (conversationId === undefined) return;
  const nowMs = deps.clock();
  const intent: PayloadIntent = {
    time: tickHybrid(rows.counters.hybridTime(), nowMs),
    body: encodeWith(receiptBody, { delivered }),
    renewals: 0,
  };
  const item = {
    conversationId,
    class: 'receipt',
    kind: PAYLOAD_KIND.receipt,
    messageId: createMessageId(nowMs, deps.random),
    arrival: undefined,
    payload: encodeWith(payloadIntent, intent),
    createdAtMs: nowMs,
  } as const;
  const sealing = await sealIn(scope, groupId, item, depositId);
  scope.later(() => {
    const added = rows.outbox.add(item);
    if (sealing !== undefined) rows.outbox.seal(added.id, sealing);
  });
};

/** What waits for a receipt too long is sealed once more, and then told. Within the step's transaction. */
const letTimePass = (context: AccountContext, relayNowMs: number): void => {
  const { rows, changes } = context;
  for (const item of rows.outbox.unreceipted(relayNowMs - RENEW_AFTER_MS, LOOK_AHEAD)) {
    if (item.state.tag !== 'accepted') continue;
    const intent = readStored(payloadIntent, item.payload);
    const waiting = { tag: 'accepted', renewals: intent.renewals, acceptedMs: item.state.relayAtMs } as const;
    const next = nextOutbox(waiting, { tag: 'time', relayNowMs });
    if (next.tag === 'accepted') continue;
    rows.outbox.remove(item.id);
    if (next.tag === 'intent') {
      const { renewals, firstAcceptedMs } = next;
      const renewed = { ...intent, renewals, ...(firstAcceptedMs !== undefined && { firstAcceptedMs }) };
      rows.outbox.add({ ...item, payload: encodeWith(payloadIntent, renewed) });
    }
    if (next.tag === 'failed' && item.arrival !== undefined) {
      moveDelivery(context, item.arrival, { tag: 'given-up', failure: next.failure });
    }
    changes.waiting();
  }
};

/** `SyncStore` and `SyncStep` over the database and the MLS engine. */
import type { DepositId } from '../../domain/ids.ts';
import { LIMITS, RETENTION } from '../../domain/limits.ts';
import { ok } from '../../domain/result.ts';
import { signKeyPackageList } from '../../account/relay-statements.ts';
import { equalBytes } from '../../crypto/bytes.ts';
import { drawFraction } from '../../sync/backoff.ts';
import { holdOn } from '../../sync/group-hold.ts';
import type { OpenedItem, SyncStep, SyncStore } from '../../sync/ports.ts';
import { commitChange, type AccountContext } from '../context.ts';
import { wishForOwnHandle } from '../account/own-handle.ts';
import { holdsOf, summariseHolds } from './held-groups.ts';
import { readStored, sealedOpening } from './intent.ts';
import { newestSequence } from './newest-sequence.ts';
import { createOpenGroups } from './open-groups.ts';
import { receiveMessage } from './receive-message.ts';
import { hasDue, sealDue } from './seal-due.ts';
import type { StepScope } from './step-scope.ts';
import { isBelievable, isSealed, takeAnswer, type SealedItem } from './take-answer.ts';
import { takeCommit } from './take-commit.ts';
import { takeWelcome } from './take-welcome.ts';
import { toDispatch } from './to-dispatch.ts';
import { unopenedConversations } from './unopened.ts';

export const createSyncStore = (context: AccountContext): SyncStore => {
  const { rows } = context;
  const relay = () => {
    const identity = context.identity();
    return identity && rows.relays.read(identity.relayId);
  };
  return {
    begin: () => beginStep(createScope(context)),
    cursor: () => relay()?.cursor ?? 0,
    checkpoint: () => {
      const { confirmed, pending } = rows.checkpoint.read();
      return { confirmed: confirmed?.slice(), pending: pending?.slice() };
    },
    isInCheckpointRing: (value) => rows.checkpoint.isInRing(value),
    incarnation: () => relay()?.incarnation?.slice(),
    unanswered() {
      const sealed = rows.outbox.sealed();
      const holds = holdsOf(sealed, context.deps.clock());
      return sealed.flatMap((item) => toDispatch(rows, item) ?? []).filter(({ groupId }) => !holds.has(groupId));
    },
    heldUp() {
      const nowMs = context.deps.clock();
      return summariseHolds(holdsOf(rows.outbox.sealed(), nowMs), nowMs);
    },
    hasDue: () => hasDue(context),
    unopenedCount: () => unopenedConversations(context).length,

    async keyPackagesToPublish({ relayId, mailboxId, mailboxKey }, relayNowMs) {
      const unpublished = rows.keyPackages.unpublished();
      const lastResort = unpublished.find(({ isLastResort }) => isLastResort)?.publicBytes.slice();
      const { content, signature } = await signKeyPackageList(mailboxKey, {
        relayId,
        mailboxId,
        packages: unpublished
          .filter(({ isLastResort }) => !isLastResort)
          .slice(0, LIMITS.keyPackagesPublished)
          .map(({ publicBytes }) => publicBytes.slice()),
        ...(lastResort && { lastResort }),
        timeMs: relayNowMs,
      });
      return { list: content, signature };
    },
  };
};

/** A step and what its parts share; `acceptRequest` works in one of its own. */
export const createScope = (context: AccountContext): StepScope & { readonly writes: readonly (() => void)[] } => {
  const identity = context.identity();
  if (identity === undefined) throw new Error('a step before there is an identity');
  const writes: (() => void)[] = [];
  return {
    context,
    identity,
    groups: createOpenGroups(() => context.engine(), context.rows.groups),
    owed: new Map(),
    asked: new Set(),
    writes,
    later: (write) => void writes.push(write),
  };
};

export const beginStep = (scope: ReturnType<typeof createScope>): SyncStep => {
  const { context, groups, later } = scope;
  const { rows, deps } = context;
  let sealed: ReadonlyMap<DepositId, SealedItem> | undefined;
  const step: SyncStep = {
    group(groupId) {
      const group = groups.get(groupId);
      if (group !== undefined) {
        const phase = group.row.standing === 'active' ? 'joined' : 'broken';
        return { phase, base: group.row.base, newest: newestSequence(rows.timeline, group.row) };
      }
      const isRequested = scope.asked.has(groupId) || rows.held.sizeOfGroup(groupId).items > 0;
      return isRequested ? { phase: 'requested', base: 0, newest: 0 } : undefined;
    },

    isOwn: (item) => findOwn(item) !== undefined,
    async takeOwn(item) {
      const own = findOwn(item);
      const accepted = { sequence: item.sequence, timeMs: item.timeMs };
      if (own !== undefined && isBelievable(scope, own, accepted)) takeAnswer(scope, own, ok(accepted));
      return item.header.class === 'handshake' ? 'applied' : 'stored';
    },
    takeWelcome: (item) => takeWelcome(scope, item),
    judgeCommit: (item) => takeCommit(scope, item),
    openMessage: (item) => receiveMessage(scope, item),

    hold(item) {
      const { groupId, sequence, timeMs: relayAtMs, envelope, header } = item;
      const reason = groups.get(groupId) === undefined ? 'request' : 'early';
      later(() => {
        if (!isKept(groupId, reason, envelope.length)) return;
        rows.held.hold({
          ...{ reason, groupId, sequence, relayAtMs, envelope, class: header.class },
          fromAccount: undefined,
          heldAtMs: deps.clock(),
        });
      });
    },
    release(groupId) {
      const held = rows.held.ofGroup(groupId);
      later(() => held.forEach(({ id }) => rows.held.release(id)));
      return held.map(({ sequence, relayAtMs: timeMs, envelope }) => {
        return { cursor: 0, groupId, sequence, timeMs, envelope: envelope.slice() };
      });
    },
    setCursor: (cursor) => later(() => rows.relays.saveCursor(scope.identity.relayId, cursor)),

    sealDue: (time, createDepositId, limit) => sealDue(scope, time, createDepositId, limit),
    answer(dispatch, answer) {
      const item = rows.outbox.read(dispatch.outboxId);
      if (item === undefined || !isSealed(item)) return;
      // What cannot be is no answer: the same bytes are sent again, and an honest relay says the same as the first time.
      if (answer.ok && !isBelievable(scope, item, answer.value)) step.holdUp(dispatch, 0);
      else takeAnswer(scope, item, answer);
    },
    holdUp({ outboxId }, askedMs) {
      const item = rows.outbox.read(outboxId);
      if (item === undefined || !isSealed(item)) return;
      const { attempt, nextAttemptAtMs } = holdOn(item, askedMs, deps.clock(), drawFraction(deps.random));
      later(() => rows.outbox.delay(outboxId, attempt, nextAttemptAtMs));
    },

    async makeKeyPackages(count) {
      const kept = rows.keyPackages.list();
      const hasLastResort = kept.some(({ isLastResort }) => isLastResort);
      const wanted = Math.min(count, Math.max(0, LIMITS.keyPackagesKept - kept.length));
      for (let made = 0; made < wanted + (hasLastResort ? 0 : 1); made += 1) {
        const { reference, keyPackage, privatePart } = await context.engine().createKeyPackage();
        later(() =>
          rows.keyPackages.save({
            ref: reference,
            publicBytes: keyPackage,
            privateBytes: privatePart,
            isLastResort: made === wanted,
            createdAtMs: deps.clock(),
            publishedAtMs: undefined,
            claimedAtMs: undefined,
          }),
        );
      }
      later(() => rows.keyPackages.removeClaimedBefore(deps.clock() - RETENTION.claimedKeyPackageMs));
    },
    noteKeyPackagesPublished() {
      const published = rows.keyPackages.unpublished();
      later(() => published.forEach(({ ref }) => rows.keyPackages.markPublished(ref, deps.clock())));
    },

    stageCheckpoint: (next) =>
      later(() => {
        rows.checkpoint.confirm();
        rows.checkpoint.begin(next);
      }),
    setIncarnation: (incarnation) =>
      later(() => {
        const relay = rows.relays.read(scope.identity.relayId);
        if (relay === undefined) return;
        if (relay.incarnation !== undefined) wishForOwnHandle(rows);
        rows.relays.save({ ...relay, incarnation });
      }),

    async save() {
      return commitChange(context, () => {
        for (const write of scope.writes) write();
        groups.writeAll();
        oweReceipts(scope);
      });
    },
  };
  return step;

  /**
   * Nobody can fill this device: neither who was not accepted, nor a relay that makes up what a member seems to have
   * sent. Nothing is kept for a request that was not.
   */
  function isKept(groupId: OpenedItem['groupId'], reason: 'request' | 'early', addedBytes: number): boolean {
    const { items, bytes } = rows.held.sizeOfGroup(groupId);
    const isExpected = reason === 'early' || items > 0;
    return isExpected && items < LIMITS.heldItems && bytes + addedBytes <= LIMITS.heldBytes;
  }

  /** The very bytes that wait for an answer here, under the deposit id that they came back with. */
  function findOwn(item: OpenedItem) {
    // Once for all items of a page: nothing of this step is written yet, and each look-up would read the whole outbox.
    sealed ??= new Map(
      rows.outbox.sealed().flatMap((own) => (isSealed(own) ? [[own.state.sealing.depositId, own]] : [])),
    );
    const own = sealed.get(item.header.depositId);
    if (own === undefined) return undefined;
    const { bytes } = own.state.sealing;
    const sent = own.class === 'handshake' ? readStored(sealedOpening, bytes).commit.envelope : bytes;
    return equalBytes(sent, item.envelope) ? own : undefined;
  }
};

/** Receipts that no sealing carries yet: a step without a relay's clock cannot seal. */
const oweReceipts = ({ context: { rows }, groups, owed }: StepScope): void => {
  for (const [groupId, messageIds] of owed) {
    const conversationId = groups.get(groupId)?.row.conversationId;
    for (const message of messageIds.flatMap((id) => rows.messages.byMessageId(id))) {
      if (message.conversationId === conversationId) rows.receipts.owe(conversationId, message.arrival);
    }
  }
};

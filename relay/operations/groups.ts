import type { MailboxId } from '../../src/domain/ids.ts';
import { RETENTION } from '../../src/domain/limits.ts';
import { ok, type Result } from '../../src/domain/result.ts';
import { sha256Sync } from '../../src/crypto/hash.ts';
import type { RelayError, RelayRequest } from '../../src/wire/relay-api.ts';
import { refuse, refuseTooMany } from '../refusal.ts';
import type { Bytes, Commit, Conflict, Forbidden, NotFound, Stale, TooMany } from '../store/store.ts';
import type { Handlers, OperationDeps } from './handler.ts';
import { isOfToday, openEnvelope } from './open-envelope.ts';

const ROWS_PER_ANSWER = 64;

export const createGroupOperations = ({
  clock,
  store,
  key,
  limits,
  wakeBus,
}: OperationDeps): Pick<Handlers, 'createGroup' | 'commit' | 'deposit' | 'rows' | 'leaveGroup'> => ({
  createGroup: async ({ groupId, capabilityHash }, { session }) => {
    const allowed = limits.groupCreations.take(session.mailboxId);
    if (!allowed.ok) return refuseTooMany(allowed.error);
    const created = await store.createGroup({
      groupId,
      creator: session.mailboxId,
      capabilityHash,
      nowMs: clock(),
      sign: key.signRow,
    });
    return created.ok ? ok({ row: created.value }) : refuse('conflict', 'this group exists');
  },

  commit: async (request, { session }) => {
    const nowMs = clock();
    const header = openEnvelope(request.envelope, { classes: ['handshake'] });
    if (!header.ok) return header;
    const { groupId, base, head, depositId } = header.value;
    if (request.recipients.length === 0 || hasRepetition(request.recipients)) {
      return refuse('malformed', 'recipients are missing or stand twice');
    }
    const welcomes = readWelcomes(request.welcomes);
    if (!welcomes.ok) return welcomes;
    for (const envelope of new Set(welcomes.value.map((welcome) => welcome.envelope))) {
      const welcomeHeader = openEnvelope(envelope, { classes: ['welcome'], groupId });
      if (!welcomeHeader.ok) return welcomeHeader;
    }
    const accepted = await store.acceptCommit({
      groupId,
      base,
      head,
      depositId,
      isDepositIdFresh: isOfToday(header.value, nowMs),
      committer: session.mailboxId,
      envelope: request.envelope,
      envelopeHash: sha256Sync(request.envelope),
      recipients: request.recipients,
      capabilityHash: request.capabilityHash,
      welcomes: welcomes.value,
      nowMs,
      sign: key.signRow,
    });
    if (!accepted.ok) return refuseDeposit(accepted.error);
    const { sequence, timeMs, row, wake } = accepted.value;
    wakeBus.wake(wake);
    return ok({ sequence, timeMs, row });
  },

  deposit: async ({ envelope, capability }, { addressKey }) => {
    const nowMs = clock();
    const fromAddress = limits.deposits.take(addressKey);
    if (!fromAddress.ok) return refuseTooMany(fromAddress.error);
    const header = openEnvelope(envelope, { classes: ['message', 'receipt'] });
    if (!header.ok) return header;
    const { groupId, base, head, depositId } = header.value;
    const intoGroup = limits.groupDeposits.take(groupId);
    if (!intoGroup.ok) return refuseTooMany(intoGroup.error);
    const accepted = await store.deposit({
      groupId,
      base,
      head,
      depositId,
      isDepositIdFresh: isOfToday(header.value, nowMs),
      class: header.value.class,
      envelope,
      envelopeHash: sha256Sync(envelope),
      capabilityHash: sha256Sync(capability),
      nowMs,
      retentionMs: RETENTION.messageMs,
    });
    if (!accepted.ok) return refuseDeposit(accepted.error);
    const { sequence, timeMs, wake } = accepted.value;
    wakeBus.wake(wake);
    return ok({ sequence, timeMs });
  },

  rows: async ({ groupId, after }, { session }) => {
    const rows = await store.rows(groupId, session.mailboxId, after, ROWS_PER_ANSWER);
    return rows.ok ? ok({ rows: rows.value }) : refuse('notFound', 'no such group for this mailbox');
  },

  leaveGroup: async ({ groupId }, { session }) => {
    await store.leaveGroup(groupId, session.mailboxId);
    return ok({});
  },
});

/** An item without an envelope has that of the item before, as the same array: it is stored once. */
const readWelcomes = (items: RelayRequest<'commit'>['welcomes']): Result<Commit['welcomes'], RelayError> => {
  const welcomes: Commit['welcomes'][number][] = [];
  let current: Bytes | undefined;
  for (const { mailboxId, token, envelope } of items) {
    current = envelope ?? current;
    if (current === undefined) return refuse('malformed', 'the first Welcome has no envelope');
    welcomes.push({ mailboxId, tokenHash: sha256Sync(token), envelope: current });
  }
  return hasRepetition(welcomes.map(({ mailboxId }) => mailboxId))
    ? refuse('malformed', 'two Welcomes for one mailbox')
    : ok(welcomes);
};

const hasRepetition = (mailboxes: readonly MailboxId[]): boolean => new Set(mailboxes).size !== mailboxes.length;

const refuseDeposit = (error: Conflict | NotFound | Stale | Forbidden | TooMany): Result<never, RelayError> => {
  switch (error.tag) {
    case 'conflict':
      return refuse('conflict', 'another commit came first; fetch, then seal anew', { newest: error.newest });
    case 'not-found':
      return refuse('notFound', 'no such group');
    case 'stale':
      return refuse('gone', 'the deposit id is of another day; seal anew');
    case 'forbidden':
      return refuse('forbidden', error.detail);
    case 'too-many':
      return refuseTooMany(error.retryAfterMs);
  }
};

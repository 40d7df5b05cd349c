/**
 * Sends what is sealed, per group strictly in order: a later message never reaches the relay before an earlier one. What
 * the relay does not take for one group now holds up that group only.
 */
import { err, ok } from '../domain/result.ts';
import type { GroupId } from '../domain/ids.ts';
import { verifyCommitRow } from '../account/commit-row.ts';
import { sha256 } from '../crypto/hash.ts';
import type { RelayResponse } from '../wire/relay-api.ts';
import { isDepositDayOver } from './deposit-id.ts';
import { refusalToEvent } from './outbox.ts';
import type { Dispatch, DispatchAnswer } from './ports.ts';
import type { RelaySession } from './session.ts';
import type { RelayFailure } from './transport.ts';

export type Answered = { readonly dispatch: Dispatch; readonly answer: DispatchAnswer };

export type HeldUp = {
  readonly dispatch: Dispatch;
  /** For how long the relay wants to be left alone with it; 0 where it does not say. */
  readonly askedMs: number;
};

export type DispatchReport = {
  readonly answered: readonly Answered[];
  /** The first of each group for which the relay takes nothing now. */
  readonly heldUp: readonly HeldUp[];
  /** Why sending stopped before its end, for all groups: no answer, or no login. */
  readonly stopped: RelayFailure | undefined;
};

type SendingSession = Pick<RelaySession, 'call' | 'callUnnamed' | 'relayDay' | 'hello'>;

export const sendDispatches = async (
  session: SendingSession,
  dispatches: readonly Dispatch[],
): Promise<DispatchReport> => {
  const answered: Answered[] = [];
  const heldUp: HeldUp[] = [];
  const halted = new Set<GroupId>();
  for (const dispatch of dispatches) {
    if (halted.has(dispatch.groupId)) continue;
    const answer = await sendOne(session, dispatch);
    if (!answer.ok && isOfAll(answer.error)) return { answered, heldUp, stopped: answer.error };
    if (!answer.ok) halted.add(dispatch.groupId);
    const askedMs = answer.ok ? undefined : waitOf(answer.error);
    if (askedMs === undefined) answered.push({ dispatch, answer });
    else heldUp.push({ dispatch, askedMs });
  }
  return { answered, heldUp, stopped: undefined };
};

/** Nothing was said about the bytes, and nothing would be about others. */
const isOfAll = (failure: RelayFailure): boolean =>
  failure.tag === 'offline' || failure.error.code === 'notLoggedIn' || failure.error.code === 'unsupportedVersion';

/**
 * The same bytes later, where the relay did not judge them: its room and its patience may be at an end for one group
 * alone, and a fault of its own may be in one envelope. Undefined: they are judged.
 */
const waitOf = (failure: RelayFailure): number | undefined => {
  if (refusalToEvent(failure) !== undefined) return undefined;
  return failure.tag === 'refused' ? (failure.error.retryAfterMs ?? 0) : 0;
};

/**
 * A sealing whose day is over cannot be asked about any more. Had the relay taken it, it would have come back to us
 * before we send; so it is sealed anew, and should it be a repeat all the same, receivers know it by its message id.
 */
const DAY_OVER: RelayFailure = { tag: 'refused', error: { code: 'gone', message: 'the deposit id is of another day' } };

const sendOne = async (session: SendingSession, dispatch: Dispatch): Promise<DispatchAnswer> => {
  if (isDepositDayOver(dispatch.depositId, session.relayDay())) return err(DAY_OVER);
  if (dispatch.kind === 'deposit') return session.callUnnamed('deposit', dispatch.request);
  const created = await session.call('createGroup', dispatch.createGroup);
  if (!created.ok) return err(created.error);
  const committed = await session.call('commit', dispatch.commit);
  if (!committed.ok) return err(committed.error);
  return (await isSigned(session, dispatch, committed.value)) ? ok(committed.value) : err(UNSIGNED);
};

/** Where a commit stands is the relay's signed word, and a number without it is no answer: the same bytes again. */
const UNSIGNED: RelayFailure = { tag: 'refused', error: { code: 'internal', message: 'no row for this commit' } };

const isSigned = async (
  { hello }: Pick<RelaySession, 'hello'>,
  { groupId, commit }: Extract<Dispatch, { readonly kind: 'opening' }>,
  { sequence, row }: RelayResponse<'commit'>,
): Promise<boolean> => {
  const { capabilityHash } = commit;
  const recipients = [...commit.recipients].sort();
  const commitHash = await sha256(commit.envelope);
  const expected = { groupId, sequence, commitHash, base: 0, recipients, capabilityHash };
  return (await verifyCommitRow(hello.relayKey, row, expected)).ok;
};

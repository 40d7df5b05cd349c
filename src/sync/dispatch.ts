/** Sends what is sealed, per group strictly in order: a later message never reaches the relay before an earlier one. */
import { err, ok } from '../domain/result.ts';
import type { GroupId } from '../domain/ids.ts';
import { isDepositDayOver } from './deposit-id.ts';
import type { Dispatch, DispatchAnswer } from './ports.ts';
import type { RelaySession } from './session.ts';
import type { RelayFailure } from './transport.ts';

export type Answered = { readonly dispatch: Dispatch; readonly answer: DispatchAnswer };

export type DispatchReport = {
  readonly answered: readonly Answered[];
  /** Why sending stopped before its end: no answer, or a relay that asks for time. */
  readonly stopped: RelayFailure | undefined;
};

type SendingSession = Pick<RelaySession, 'call' | 'callUnnamed' | 'relayDay'>;

export const sendDispatches = async (
  session: SendingSession,
  dispatches: readonly Dispatch[],
): Promise<DispatchReport> => {
  const answered: Answered[] = [];
  const halted = new Set<GroupId>();
  for (const dispatch of dispatches) {
    if (halted.has(dispatch.groupId)) continue;
    const answer = await sendOne(session, dispatch);
    if (!answer.ok && isTemporary(answer.error)) return { answered, stopped: answer.error };
    answered.push({ dispatch, answer });
    if (!answer.ok) halted.add(dispatch.groupId);
  }
  return { answered, stopped: undefined };
};

/** The relay said nothing about the bytes: they are sent again, unchanged. */
export const isTemporary = (failure: RelayFailure): boolean =>
  failure.tag === 'offline' ||
  ['tooMany', 'internal', 'storageFull', 'notLoggedIn', 'unsupportedVersion'].includes(failure.error.code);

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
  return committed.ok ? ok(committed.value) : err(committed.error);
};

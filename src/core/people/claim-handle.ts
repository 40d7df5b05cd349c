import { parseHandle } from '../../domain/handles.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { createHandleClaim } from '../../account/handle-claim.ts';
import type { HandleError } from '../../rpc/core-api.ts';
import type { Me } from '../../rpc/dto.ts';
import type { RelaySession } from '../../sync/session.ts';
import { commitChange, type AccountContext } from '../context.ts';
import { readMe } from '../account/read-me.ts';
import { HANDLE_CLAIM, REFUSED_HANDLE, WISHED_HANDLE, writeSetting } from '../settings.ts';
import { toNetworkError, withSession } from './with-session.ts';

export const claimHandle = async (
  context: AccountContext,
  { handle: typed }: { readonly handle: string },
): Promise<Result<Me, HandleError>> => {
  const handle = parseHandle(typed);
  if (!handle.ok) return handle;
  const claimed = await withSession(context, (session) => claimHandleWith(context, session, handle.value));
  return claimed.ok ? ok(readMe(context)) : claimed;
};

/** The relay keeps the first claim; the counter keeps an old one from being played again. */
export const claimHandleWith = async (
  context: AccountContext,
  session: RelaySession,
  handle: string,
): Promise<Result<void, HandleError>> => {
  const { rows } = context;
  const identity = context.identity();
  const own = rows.ownAccount.read();
  if (identity === undefined || own === undefined) return err({ tag: 'offline' });
  const { relayId, accountId, chain, deviceIndex, signature } = identity;
  const counter = own.handleCounter + 1;
  // Used up before it leaves: an answer that is never heard would leave the relay ahead of us, and every later claim refused.
  const noted = await commitChange(context, () => rows.ownAccount.save({ ...own, handleCounter: counter }));
  if (!noted.ok) return noted;
  const body = { relayId, handle, accountId, head: chain.state.head, counter };
  const claim = await createHandleClaim(body, { deviceIndex, signingKey: signature.signingKey });
  const answer = await session.call('claimHandle', { claim });
  if (!answer.ok) {
    const isTaken = answer.error.tag === 'refused' && answer.error.error.code === 'handleTaken';
    return err(isTaken ? { tag: 'handle-taken' } : toNetworkError(answer.error));
  }
  const saved = await commitChange(context, () => {
    rows.ownAccount.save({ ...own, handle, handleCounter: counter });
    writeSetting(rows.settings, HANDLE_CLAIM, claim);
    // Whatever was wished for before is no wish any more.
    for (const { key } of [WISHED_HANDLE, REFUSED_HANDLE]) rows.settings.remove(key);
    context.changes.me();
  });
  return saved;
};

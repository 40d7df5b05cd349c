/** Invite links: whoever holds one may write to us without asking, once (docs/protocol/addressing.md). */
import { DAY_MS } from '../../domain/limits.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { InviteError, NetworkError, StartConversationError } from '../../rpc/core-api.ts';
import type { ConversationSummary, FoundPerson } from '../../rpc/dto.ts';
import { fragmentToInvite, inviteToFragment, INVITE_VERSION, type Invite } from '../../wire/invite.ts';
import { commitChange, type AccountContext } from '../context.ts';
import { startConversation } from './start-conversation.ts';
import { toFoundPerson } from './to-found-person.ts';
import { withSession } from './with-session.ts';

const INVITE_MS = 14 * DAY_MS;

export const createInvite = async (
  context: AccountContext,
): Promise<Result<{ readonly fragment: string; readonly expiresAtMs: number }, NetworkError>> => {
  if (context.identity() === undefined) {
    const reached = await withSession<void, never>(context, async () => ok(undefined));
    if (!reached.ok) return reached;
  }
  const identity = context.identity();
  if (identity === undefined) return err({ tag: 'offline' });
  const { random, clock } = context.deps;
  const [inviteId, key] = [random(16), random(32)];
  const createdAtMs = clock();
  const expiresAtMs = createdAtMs + INVITE_MS;
  const saved = await commitChange(context, () => {
    context.rows.invites.removeExpiredBefore(createdAtMs - INVITE_MS);
    context.rows.invites.add({ id: inviteId, secret: key, createdAtMs, expiresAtMs });
  });
  if (!saved.ok) return saved;
  const { relayId, accountId } = identity;
  return ok({
    fragment: inviteToFragment({ version: INVITE_VERSION, relayId, accountId, inviteId, key }),
    expiresAtMs,
  });
};

export const readInvite = async (
  context: AccountContext,
  { fragment }: { readonly fragment: string },
): Promise<Result<FoundPerson, InviteError>> => {
  const invite = parseInvite(context, fragment);
  return invite.ok ? ok(toFoundPerson(context, invite.value.accountId, undefined)) : invite;
};

export const redeemInvite = async (
  context: AccountContext,
  { fragment, name }: { readonly fragment: string; readonly name: string | undefined },
): Promise<Result<ConversationSummary, InviteError | StartConversationError>> => {
  const invite = parseInvite(context, fragment);
  if (!invite.ok) return invite;
  const { accountId, inviteId, key } = invite.value;
  const started = await startConversation(context, { accountId, name, invite: { inviteId, key } });
  return started.ok || started.error.tag !== 'is-me' ? started : err({ tag: 'invite-own' });
};

const parseInvite = ({ identity }: AccountContext, fragment: string): Result<Invite, InviteError> => {
  const invite = fragmentToInvite(fragment.replace(/^#/, ''));
  if (!invite.ok || invite.value.version !== INVITE_VERSION) return err({ tag: 'invite-malformed' });
  const own = identity();
  if (own !== undefined && own.relayId !== invite.value.relayId) return err({ tag: 'invite-other-relay' });
  return own?.accountId === invite.value.accountId ? err({ tag: 'invite-own' }) : ok(invite.value);
};

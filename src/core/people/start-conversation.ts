/** First contact, from our side: who they are is proved, then a group is opened and they are told who we are. */
import type { AccountId, ConversationId } from '../../domain/ids.ts';
import { cutName } from '../../domain/names.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { toDirectConversationId } from '../../account/ids.ts';
import type { StartConversationError } from '../../rpc/core-api.ts';
import type { ConversationSummary } from '../../rpc/dto.ts';
import type { RelaySession } from '../../sync/session.ts';
import { chainToColumn } from '../account/chain-column.ts';
import { commitChange, type AccountContext } from '../context.ts';
import type { OpeningIntent } from '../exchange/intent.ts';
import { readConversationSummary } from '../reading/to-conversation-summary.ts';
import { acceptRequest, type AcceptError } from './accept-request.ts';
import { lookUp, mergeWithKnown, type Person } from './look-up.ts';
import { addOpening, claimPackages } from './queue-opening.ts';
import { withSession } from './with-session.ts';

type Started = Result<ConversationSummary, StartConversationError>;

export const startConversation = async (
  context: AccountContext,
  input: {
    readonly accountId: AccountId;
    readonly name: string | undefined;
    readonly invite?: OpeningIntent['invite'];
  },
): Promise<Started> => {
  const { accountId } = input;
  if (!/^[0-9a-f]{64}$/.test(accountId)) return err({ tag: 'not-found' });
  if (context.identity()?.accountId === accountId) return err({ tag: 'is-me' });
  const existing = context.rows.conversations.withPeer(accountId);
  if (existing?.state === 'requested') return toStarted(await acceptRequest(context, existing));
  if (existing !== undefined && existing.state !== 'left') return summaryOf(context, existing.conversationId);
  // A conversation says so itself; without one, what they answer would be dropped.
  if (context.rows.contacts.read(accountId)?.blockedAtMs !== undefined) return err({ tag: 'blocked' });

  const started = await withSession(context, (session) => open(context, session, input));
  if (started.ok) context.poke();
  return started;
};

const open = async (
  context: AccountContext,
  session: RelaySession,
  { accountId, name, invite }: Parameters<typeof startConversation>[1],
): Promise<Started> => {
  const identity = context.identity();
  if (identity === undefined) return err({ tag: 'offline' });
  if (identity.accountId === accountId) return err({ tag: 'is-me' });
  const person = await lookUp(session, { accountId });
  if (!person.ok) return person;
  const merged = await mergeWithKnown(context, person.value);
  if (!merged.ok) return merged;
  const packages = await claimPackages(context, session, merged.value);
  if (!packages.ok) {
    return packages.error.tag === 'unfit-key-packages' ? err({ tag: 'no-key-packages' }) : err(packages.error);
  }

  const conversationId = toDirectConversationId(identity.accountId, accountId);
  const saved = await commitChange(context, () => {
    saveContact(context, merged.value, name);
    if (context.rows.conversations.read(conversationId) === undefined) {
      context.rows.conversations.create({
        conversationId,
        kind: 'direct',
        state: 'waiting',
        title: '',
        peer: accountId,
        generation: 0,
        groupId: undefined,
        createdAtMs: context.deps.clock(),
      });
    }
    addOpening(context, conversationId, { packages: packages.value, ...(invite && { invite }) });
    context.changes.contact(accountId);
    context.changes.conversation(conversationId);
  });
  return saved.ok ? summaryOf(context, conversationId) : saved;
};

const saveContact = (
  { rows, deps }: AccountContext,
  { accountId, chain, handle }: Person,
  name: string | undefined,
) => {
  const known = rows.contacts.read(accountId);
  const givenName = cutName(name ?? '');
  rows.contacts.save({
    accountId,
    givenName: givenName === '' ? known?.givenName : givenName,
    profileName: known?.profileName,
    handle: handle ?? known?.handle,
    note: known?.note ?? '',
    relayId: chain.state.relayId,
    chain: chainToColumn(chain),
    chainHead: chain.state.head,
    verifiedHead: known?.verifiedHead,
    verifiedAtMs: known?.verifiedAtMs,
    blockedAtMs: known?.blockedAtMs,
    addedAtMs: known?.addedAtMs ?? deps.clock(),
  });
};

const summaryOf = ({ rows }: AccountContext, conversationId: ConversationId): Started => {
  const summary = readConversationSummary(rows, conversationId);
  return summary === undefined ? err({ tag: 'not-found' }) : ok(summary);
};

const toStarted = (accepted: Result<ConversationSummary, AcceptError>): Started => {
  if (accepted.ok) return accepted;
  const { tag } = accepted.error;
  return err({ tag: tag === 'conversation-unknown' ? 'not-found' : tag });
};

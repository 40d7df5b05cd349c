/** Claims what is needed to add somebody to a group, and puts the opening into the outbox. */
import type { AccountId, ConversationId } from '../../domain/ids.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { NetworkError } from '../../rpc/core-api.ts';
import { encodeWith } from '../../wire/schema.ts';
import type { RelaySession } from '../../sync/session.ts';
import { commitChange, type AccountContext } from '../context.ts';
import { openingIntent, type OpeningIntent } from '../exchange/intent.ts';
import { chainToColumn } from '../account/chain-column.ts';
import { lookUp, mergeWithKnown, type Person } from './look-up.ts';
import { toNetworkError } from './with-session.ts';

export type ClaimError = NetworkError | { readonly tag: 'no-key-packages' };

/** One package of each device of the account. A package that is not of that account is the relay's invention. */
export const claimPackages = async (
  context: AccountContext,
  session: RelaySession,
  accountId: AccountId,
): Promise<Result<OpeningIntent['packages'], ClaimError>> => {
  const answer = await session.call('claimKeyPackages', { accountId });
  if (!answer.ok) {
    const isUnknown = answer.error.tag === 'refused' && answer.error.error.code === 'notFound';
    return err(isUnknown ? { tag: 'no-key-packages' } : toNetworkError(answer.error));
  }
  const packages: OpeningIntent['packages'][number][] = [];
  for (const claimed of answer.value.packages) {
    const inspected = await context.engine().inspectKeyPackage(claimed.keyPackage);
    if (inspected.ok && inspected.value.identity.accountId === accountId) packages.push(claimed);
  }
  return packages.length > 0 ? ok(packages) : err({ tag: 'no-key-packages' });
};

/** Within a transaction. */
export const addOpening = (
  { rows, deps }: AccountContext,
  conversationId: ConversationId,
  intent: OpeningIntent,
): void => {
  rows.outbox.add({
    conversationId,
    class: 'handshake',
    kind: 0,
    messageId: undefined,
    arrival: undefined,
    payload: encodeWith(openingIntent, intent),
    createdAtMs: deps.clock(),
  });
};

/**
 * Conversations in which something waits although there is neither a group nor an opening: the one before was refused
 * and somebody pressed "try again", or it ended with the device that one of the two replaced. They may have replaced
 * theirs as well, so who they are is asked first.
 */
export const queueMissingOpenings = async (context: AccountContext, session: RelaySession): Promise<void> => {
  const { rows } = context;
  for (const conversationId of rows.outbox.unopened()) {
    const { peer, state } = rows.conversations.read(conversationId) ?? {};
    if (peer === undefined || (state !== 'active' && state !== 'waiting')) continue;
    const person = await lookUp(session, { accountId: peer });
    const merged = person.ok ? await mergeWithKnown(context, person.value) : person;
    if (!merged.ok) continue;
    const packages = await claimPackages(context, session, peer);
    if (!packages.ok) continue;
    await commitChange(context, () => {
      saveChain(context, merged.value);
      addOpening(context, conversationId, { packages: packages.value });
    });
  }
};

const saveChain = ({ rows, changes }: AccountContext, { accountId, chain }: Person): void => {
  const contact = rows.contacts.read(accountId);
  if (contact === undefined) return;
  rows.contacts.save({ ...contact, chain: chainToColumn(chain), chainHead: chain.state.head });
  changes.contact(accountId);
};

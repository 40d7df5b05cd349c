/** Claims what is needed to add somebody to a group, and puts the opening into the outbox. */
import type { ConversationId } from '../../domain/ids.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { NetworkError } from '../../rpc/core-api.ts';
import { findDevice } from '../../account/account-state.ts';
import { equalBytes } from '../../crypto/bytes.ts';
import { encodeWith } from '../../wire/schema.ts';
import type { RelaySession } from '../../sync/session.ts';
import { commitChange, type AccountContext } from '../context.ts';
import { failConversation } from '../exchange/fail-conversation.ts';
import { openingIntent, type OpeningIntent } from '../exchange/intent.ts';
import { unopenedConversations } from '../exchange/unopened.ts';
import { chainToColumn } from '../account/chain-column.ts';
import { lookUp, mergeWithKnown, type Person } from './look-up.ts';
import { toNetworkError } from './with-session.ts';

export type ClaimError =
  | NetworkError
  | { readonly tag: 'no-key-packages' }
  /** None is of a device in the chain that was looked up: it was replaced in between, or the relay made them up. */
  | { readonly tag: 'unfit-key-packages' };

/** A look-up just before the other side's new device and a claim just after it do not fit together; five do not happen. */
const UNFIT_CLAIMS = 5;

/** One package of each device of the account, as its chain names them. */
export const claimPackages = async (
  context: AccountContext,
  session: RelaySession,
  { accountId, chain }: Pick<Person, 'accountId' | 'chain'>,
): Promise<Result<OpeningIntent['packages'], ClaimError>> => {
  const answer = await session.call('claimKeyPackages', { accountId });
  if (!answer.ok) {
    const isUnknown = answer.error.tag === 'refused' && answer.error.error.code === 'notFound';
    return err(isUnknown ? { tag: 'no-key-packages' } : toNetworkError(answer.error));
  }
  const packages: OpeningIntent['packages'][number][] = [];
  for (const claimed of answer.value.packages) {
    const inspected = await context.engine().inspectKeyPackage(claimed.keyPackage);
    if (!inspected.ok || inspected.value.identity.accountId !== accountId) continue;
    const device = findDevice(chain.state, inspected.value.identity.deviceIndex);
    if (device && equalBytes(device.signatureKey, inspected.value.signatureKey)) packages.push(claimed);
  }
  if (packages.length > 0) return ok(packages);
  return err({ tag: answer.value.packages.length > 0 ? 'unfit-key-packages' : 'no-key-packages' });
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
 * Opens what is unopened, as far as the other side can be added now. They may have replaced their device as well, so who
 * they are is asked first. Whoever has no key packages at this moment is about to publish them, or away: what waits for
 * them stays, and the sync loop comes back to it. Packages that never fit are told as what they are.
 */
export const createOpenings = (context: AccountContext) => {
  const unfitClaims = new Map<ConversationId, number>();

  const claimFor = async (
    session: RelaySession,
    { conversationId, peer }: ReturnType<typeof unopenedConversations>[number],
  ): Promise<void> => {
    const person = await lookUp(session, { accountId: peer });
    const merged = person.ok ? await mergeWithKnown(context, person.value) : person;
    if (!merged.ok) return;
    // A relay that was put back knows a device of theirs that is no more: they will come and say so.
    if (person.ok && person.value.chain.entries.length < merged.value.chain.entries.length) return;
    const packages = await claimPackages(context, session, merged.value);
    if (packages.ok) {
      unfitClaims.delete(conversationId);
      await commitChange(context, () => {
        saveChain(context, merged.value);
        addOpening(context, conversationId, { packages: packages.value });
      });
      return;
    }
    if (packages.error.tag !== 'unfit-key-packages') return;
    const count = (unfitClaims.get(conversationId) ?? 0) + 1;
    unfitClaims.set(conversationId, count % UNFIT_CLAIMS);
    if (count === UNFIT_CLAIMS) await commitChange(context, () => failConversation(context, conversationId));
  };

  return {
    async queueMissing(session: RelaySession): Promise<void> {
      for (const unopened of unopenedConversations(context)) await claimFor(session, unopened);
    },
  };
};

const saveChain = ({ rows, changes }: AccountContext, { accountId, chain }: Person): void => {
  const contact = rows.contacts.read(accountId);
  if (contact === undefined) return;
  rows.contacts.save({ ...contact, chain: chainToColumn(chain), chainHead: chain.state.head });
  changes.contact(accountId);
};

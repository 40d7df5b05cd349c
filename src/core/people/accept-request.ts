import type { ConversationId } from '../../domain/ids.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { ConversationSummary } from '../../rpc/dto.ts';
import { receiveHeld } from '../../sync/receive.ts';
import type { StoredConversation } from '../../storage/repositories/conversations-repository.ts';
import { commitChange, type AccountContext, type NotStored } from '../context.ts';
import { beginStep, createScope } from '../exchange/sync-store.ts';
import { joinKept } from '../exchange/take-welcome.ts';
import { queueProfile } from '../exchange/queue-profile.ts';
import { OLDER_COPY, readSetting } from '../settings.ts';
import { readConversationSummary } from '../reading/to-conversation-summary.ts';

export type AcceptError = { readonly tag: 'conversation-unknown' | 'no-key-packages' } | NotStored;

/**
 * A person says yes: the Welcome that was kept is joined, what came with it is read, and only now does the other side
 * hear anything of us. Works offline; the receipts go out with the next turn.
 */
export const acceptRequest = async (
  context: AccountContext,
  { conversationId }: { readonly conversationId: ConversationId },
): Promise<Result<ConversationSummary, AcceptError>> => {
  const accepted = await context.queue.run(() => accept(context, conversationId));
  if (accepted.ok) context.poke();
  return accepted;
};

const accept = async (
  context: AccountContext,
  conversationId: ConversationId,
): Promise<Result<ConversationSummary, AcceptError>> => {
  const { rows } = context;
  const conversation = rows.conversations.read(conversationId);
  const unknown = err<AcceptError>({ tag: 'conversation-unknown' });
  if (conversation?.state === 'active') return summaryOf(context, conversationId); // accepted before: asked again
  if (conversation?.state !== 'requested') return unknown;
  const welcomes = rows.held
    .withReason('request')
    .filter((held) => held.class === 'welcome' && held.fromAccount === conversation.peer);

  if (welcomes.length === 0 && readSetting(rows.settings, OLDER_COPY) !== undefined)
    return answerAnew(context, conversation);
  const scope = createScope(context);
  const step = beginStep(scope);
  let isJoined = false;
  for (const { id, groupId, sequence, relayAtMs: timeMs, envelope } of welcomes) {
    scope.later(() => rows.held.release(id));
    const item = { groupId, sequence, timeMs, envelope: envelope.slice() };
    if (!(await joinKept(scope, item))) continue;
    isJoined = true;
    await receiveHeld(step, groupId);
  }
  if (!isJoined) {
    // Its key package is over (97 days): nothing is left to join, and the other side has to write anew.
    const removed = await commitChange(context, () => rows.conversations.remove(conversationId));
    return removed.ok ? err({ tag: 'no-key-packages' }) : removed;
  }
  const saved = await step.save();
  return saved.ok ? summaryOf(context, conversationId) : saved;
};

const summaryOf = (
  { rows }: AccountContext,
  conversationId: ConversationId,
): Result<ConversationSummary, AcceptError> => {
  const summary = readConversationSummary(rows, conversationId);
  return summary === undefined ? err({ tag: 'conversation-unknown' }) : ok(summary);
};

/** What they sent was for a device that this store is no more. They are opened the next generation instead. */
const answerAnew = async (
  context: AccountContext,
  { conversationId, peer }: StoredConversation,
): Promise<Result<ConversationSummary, AcceptError>> => {
  const { rows, changes, deps } = context;
  const saved = await commitChange(context, () => {
    const contact = peer && rows.contacts.read(peer);
    if (contact) rows.contacts.save({ ...contact, addedAtMs: contact.addedAtMs ?? deps.clock() });
    rows.conversations.setState(conversationId, 'active');
    queueProfile(context, conversationId);
    changes.conversation(conversationId);
    if (peer !== undefined) changes.contact(peer);
  });
  return saved.ok ? summaryOf(context, conversationId) : saved;
};

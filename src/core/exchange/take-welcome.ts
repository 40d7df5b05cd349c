/**
 * Somebody opened a conversation with us (docs/protocol/addressing.md, "First contact"). Whom we know or invited is
 * joined; whoever is unknown is kept sealed until a person decides, and learns nothing until then.
 */
import { LIMITS } from '../../domain/limits.ts';
import type { AccountId } from '../../domain/ids.ts';
import { cutName } from '../../domain/names.ts';
import type { AccountChain } from '../../account/chain.ts';
import { findDevice } from '../../account/account-state.ts';
import { extendChain } from '../../account/chain.ts';
import { verifyHandleClaim } from '../../account/handle-claim.ts';
import { equalBytes } from '../../crypto/bytes.ts';
import { verifyHmacSha384 } from '../../crypto/hmac.ts';
import { inviteProofInput, type Introduction } from '../../wire/group-extensions.ts';
import { encodeWith } from '../../wire/schema.ts';
import type { GroupMember } from '../../mls/engine.ts';
import { depositCapability } from '../../mls/group-secrets.ts';
import { openWelcome, type OpenedWelcome } from '../../mls/open-envelope.ts';
import type { StoredContact } from '../../storage/repositories/contacts-repository.ts';
import type { StoredGroup } from '../../storage/repositories/groups-repository.ts';
import type { StoredKeyPackage } from '../../storage/repositories/key-packages-repository.ts';
import type { OpenedItem } from '../../sync/ports.ts';
import { chainToColumn, columnToChain } from '../account/chain-column.ts';
import { endGroups } from './end-groups.ts';
import { queueProfile } from './queue-profile.ts';
import type { StepScope } from './step-scope.ts';
import { writeNotice } from './write-notice.ts';

/** A Welcome that holds: the sender is who the evidence shows, at our relay, in the conversation of us two. */
type Visitor = {
  readonly opened: OpenedWelcome;
  readonly keyPackage: StoredKeyPackage;
  readonly accountId: AccountId;
  readonly chain: AccountChain;
  readonly handle: string | undefined;
  readonly contact: StoredContact | undefined;
  /** Their chain has entries that we did not know: a device came, or took the place of another. */
  readonly hasChanged: boolean;
};

/** Each takes the loss of a store. More at once are no honest count, and would leave no number for the next. */
const MAX_GENERATION_JUMP = 1_000;

export type WelcomeItem = Pick<OpenedItem, 'groupId' | 'sequence' | 'timeMs' | 'envelope'>;

/** True if the group was joined. */
export const takeWelcome = async (scope: StepScope, item: WelcomeItem): Promise<boolean> => {
  const visitor = await admit(scope, item);
  if (visitor === undefined) return false;
  const { rows } = scope.context;
  const { contact, accountId, opened } = visitor;
  const conversation = rows.conversations.withPeer(accountId);
  const state = conversation?.state;
  const isKnown = contact?.addedAtMs !== undefined && (state === 'active' || state === 'waiting');
  if (isKnown && isOver(scope, visitor, conversation?.generation ?? 0)) {
    outgrow(scope, visitor);
    return false;
  }
  const isInvited = !isKnown && (await redeemsInvite(scope, item, opened.introduction));
  if (!isKnown && !isInvited) {
    keepRequest(scope, item, visitor);
    return false;
  }
  await join(scope, item, visitor);
  const inviteId = opened.introduction?.invite?.inviteId;
  if (isInvited && inviteId) scope.later(() => rows.invites.markUsed(inviteId, accountId, scope.context.deps.clock()));
  return true;
};

/** A person accepted: the Welcome that was kept is opened once more, and now joined. */
export const joinKept = async (scope: StepScope, item: WelcomeItem): Promise<boolean> => {
  const visitor = await admit(scope, item);
  if (visitor !== undefined) await join(scope, item, visitor);
  return visitor !== undefined;
};

/** Undefined for what is refused: it is dropped without a word. */
const admit = async ({ context, identity, groups }: StepScope, item: WelcomeItem): Promise<Visitor | undefined> => {
  const { rows } = context;
  if (groups.get(item.groupId) !== undefined) return undefined;
  const found = await openWithOwnKeyPackage({ context }, item);
  if (found === undefined) return undefined;
  const { opened, keyPackage } = found;
  const { accountId } = opened.addedBy.identity;
  const shown = opened.chains.get(accountId);
  if (accountId === identity.accountId || opened.conversation.kind !== 'direct') return undefined;
  if (shown?.state.relayId !== identity.relayId) return undefined;

  const contact = rows.contacts.read(accountId);
  if (contact?.blockedAtMs !== undefined) return undefined;
  // A chain that contradicts the one we know is a substituted key or a split account: refused.
  const grown = contact && (await extendChain(await columnToChain(contact.chain), shown.entries));
  if (grown?.ok === false) return undefined;
  const chain = grown?.value.chain ?? shown;
  // A device that its account replaced still has its key, and shows the chain as it was: it opens nothing any more.
  const opener = findDevice(chain.state, opened.addedBy.identity.deviceIndex);
  if (opener === undefined || !equalBytes(opener.signatureKey, opened.addedBy.signatureKey)) return undefined;
  const generation = rows.conversations.read(opened.conversation.conversationId)?.generation ?? 0;
  if (opened.conversation.generation > generation + MAX_GENERATION_JUMP) return undefined;

  const claim = opened.introduction?.handleClaim;
  const claimed = claim && (await verifyHandleClaim(claim, chain));
  if (claimed?.ok === false) return undefined;
  const hasChanged = grown !== undefined && grown.value.change !== 'none';
  return { opened, keyPackage, accountId, chain, contact, hasChanged, handle: claimed?.value.handle };
};

/** A Welcome names its key package by a hash only; there are few of ours, and the wrong ones are told apart quickly. */
const openWithOwnKeyPackage = async (
  { context }: Pick<StepScope, 'context'>,
  item: WelcomeItem,
): Promise<{ readonly opened: OpenedWelcome; readonly keyPackage: StoredKeyPackage } | undefined> => {
  for (const keyPackage of context.rows.keyPackages.list()) {
    const opened = await openWelcome(context.engine(), item.envelope, keyPackage.privateBytes);
    if (opened.ok) return { opened: opened.value, keyPackage };
    if (opened.error.tag !== 'not-authentic') return undefined;
  }
  return undefined;
};

/** The first redeemer of an invite that we made proves to have held its link. */
const redeemsInvite = async (
  { context }: StepScope,
  { groupId }: WelcomeItem,
  introduction: Introduction | undefined,
): Promise<boolean> => {
  const shown = introduction?.invite;
  const invite = shown && context.rows.invites.read(shown.inviteId);
  if (shown === undefined || invite === undefined) return false;
  if (invite.usedAtMs !== undefined || invite.expiresAtMs < context.deps.clock()) return false;
  const input = encodeWith(inviteProofInput, { groupId, inviteId: shown.inviteId });
  return verifyHmacSha384(invite.secret, input, shown.proof);
};

const join = async (scope: StepScope, item: WelcomeItem, visitor: Visitor): Promise<void> => {
  const { context, groups, later } = scope;
  const { rows, changes, deps } = context;
  const { opened, keyPackage, accountId } = visitor;
  const { conversation, state } = opened;
  const { conversationId, generation } = conversation;
  const older = rows.groups.ofConversation(conversationId).filter((group) => group.generation < generation);
  if (older.length > 0) endGroups(scope, conversationId, older);
  groups.put({
    row: {
      groupId: item.groupId,
      conversationId,
      generation,
      previousGroup: conversation.previousGroupId,
      base: item.sequence,
      head: item.sequence,
      capability: await depositCapability(context.engine(), state),
      standing: 'active',
      ownCounter: 0,
    },
    state,
  });
  later(() => {
    const nowMs = deps.clock();
    saveVisitor(scope, visitor, visitor.contact?.addedAtMs ?? nowMs);
    saveConversation(scope, item, visitor, 'active');
    groups.write(item.groupId);
    // They stand in this group for certain, before anything was heard in it (active-group.ts).
    rows.groups.saveSender(item.groupId, { leaf: opened.addedBy.leaf, nextCounter: 0, missing: undefined });
    if (!keyPackage.isLastResort) rows.keyPackages.remove(keyPackage.ref);
    queueProfile(context, conversationId);
    if (visitor.hasChanged) {
      const { sequence, timeMs: relayAtMs } = item;
      const author = opened.addedBy.identity;
      writeNotice(context, 'new-device', { conversationId, generation, sequence, relayAtMs, author });
    }
    changes.contact(accountId);
    changes.conversation(conversationId);
  });
};

/** They opened a generation that ended here already: their store is older than what we know of this conversation. */
const isOver = (scope: StepScope, visitor: Visitor, generation: number): boolean => {
  const opened = visitor.opened.conversation.generation;
  return opened < generation || (opened === generation && isLeft(scope, visitor));
};

/** There were groups with them, and in none of these stands a device that they still have. */
const isLeft = ({ context, groups }: StepScope, { opened, accountId, chain }: Visitor): boolean => {
  const ours = context.rows.groups.ofConversation(opened.conversation.conversationId);
  const isTheirs = ({ identity }: GroupMember): boolean =>
    identity.accountId === accountId && findDevice(chain.state, identity.deviceIndex) !== undefined;
  const isThere = ({ groupId }: Pick<StoredGroup, 'groupId'>): boolean => {
    const state = groups.get(groupId)?.state;
    return state !== undefined && context.engine().members(state).some(isTheirs);
  };
  return ours.length > 0 && !ours.some(isThere);
};

/** Where they cannot read us any more, the next generation is ours to open. */
const outgrow = (scope: StepScope, visitor: Visitor): void => {
  const { context, later } = scope;
  const { conversationId } = visitor.opened.conversation;
  if (!isLeft(scope, visitor)) return;
  endGroups(scope, conversationId, context.rows.groups.ofConversation(conversationId));
  later(() => {
    saveVisitor(scope, visitor, visitor.contact?.addedAtMs);
    queueProfile(context, conversationId);
    context.changes.conversation(conversationId);
  });
};

/** Sealed as it came, with the name that it says and nothing else; more than fifty are dropped. */
const keepRequest = (scope: StepScope, item: WelcomeItem, visitor: Visitor): void => {
  const { context, later } = scope;
  const { rows, changes, deps } = context;
  const { accountId, opened, keyPackage } = visitor;
  scope.asked.add(item.groupId);
  later(() => {
    const isNew = rows.conversations.withPeer(accountId) === undefined;
    if (isNew && rows.conversations.requests().length >= LIMITS.pendingRequests) return;
    const theirs = rows.held.withReason('request').filter(({ fromAccount }) => fromAccount === accountId);
    // Shown again, perhaps under another number: what was kept stands, and so does what came after it.
    if (theirs.some(({ groupId }) => groupId === item.groupId)) return;
    // One group for each person who asks: the newest, for they may have lost the one before.
    for (const held of theirs) rows.held.releaseGroup(held.groupId);
    saveVisitor(scope, visitor, visitor.contact?.addedAtMs);
    saveConversation(scope, item, visitor, 'requested');
    rows.keyPackages.markClaimed(keyPackage.ref, deps.clock());
    rows.held.hold({
      reason: 'request',
      groupId: item.groupId,
      class: 'welcome',
      sequence: item.sequence,
      relayAtMs: item.timeMs,
      envelope: item.envelope,
      fromAccount: accountId,
      heldAtMs: deps.clock(),
    });
    changes.conversation(opened.conversation.conversationId);
  });
};

const saveVisitor = ({ context }: StepScope, visitor: Visitor, addedAtMs: number | undefined): void => {
  const { accountId, chain, handle, opened } = visitor;
  const known = context.rows.contacts.read(accountId);
  const said = cutName(opened.introduction?.name ?? '');
  context.rows.contacts.save({
    accountId,
    givenName: known?.givenName,
    profileName: said === '' ? known?.profileName : said,
    handle: handle ?? known?.handle,
    note: known?.note ?? '',
    relayId: chain.state.relayId,
    chain: chainToColumn(chain),
    chainHead: chain.state.head,
    verifiedHead: known?.verifiedHead,
    verifiedAtMs: known?.verifiedAtMs,
    blockedAtMs: known?.blockedAtMs,
    addedAtMs: known?.addedAtMs ?? addedAtMs,
  });
};

const saveConversation = (
  { context }: StepScope,
  { groupId }: WelcomeItem,
  { accountId, opened }: Visitor,
  state: 'active' | 'requested',
): void => {
  const { conversationId, generation } = opened.conversation;
  const { conversations } = context.rows;
  const known = conversations.read(conversationId);
  if (known === undefined) {
    conversations.create({
      conversationId,
      kind: 'direct',
      state,
      title: '',
      peer: accountId,
      generation,
      groupId,
      createdAtMs: context.deps.clock(),
    });
  } else if (state === 'active') {
    conversations.setState(conversationId, 'active');
    if (known.groupId === undefined || generation > known.generation) {
      conversations.setGroup(conversationId, generation, groupId);
    }
  }
};

/** The first commit of a group of our own: makes the group, adds the other side, introduces us (first contact). */
import { bytesToHex, type DepositId, type GroupId } from '../../domain/ids.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { hmacSha384 } from '../../crypto/hmac.ts';
import { inviteProofInput, type Introduction } from '../../wire/group-extensions.ts';
import { encodeWith } from '../../wire/schema.ts';
import { depositCapability, depositCapabilityHash } from '../../mls/group-secrets.ts';
import { sealCommit } from '../../mls/seal-envelope.ts';
import type { OutboxItem } from '../../storage/repositories/outbox-repository.ts';
import { columnToChain } from '../account/chain-column.ts';
import { HANDLE_CLAIM, readSetting } from '../settings.ts';
import { openingIntent, readStored, sealedOpening, type OpeningIntent } from './intent.ts';
import type { StepScope } from './step-scope.ts';

const GROUP_ID_BYTES = 16;
const EXTENSION_VERSION = 1;

/**
 * Seals the opening `item` into a new group. The group is ours alone until the relay takes the commit, so the epoch
 * before it is dropped at once; until then it is `provisional` and nothing is sealed in it.
 */
export const sealOpening = async (
  { context, identity, groups, later }: StepScope,
  item: OutboxItem,
  createDepositId: () => DepositId,
): Promise<Result<void, { readonly tag: 'unsealable' }>> => {
  const { rows, deps } = context;
  const engine = context.engine();
  const conversation = rows.conversations.read(item.conversationId);
  const contact = conversation?.peer && rows.contacts.read(conversation.peer);
  if (conversation === undefined || !contact) return err({ tag: 'unsealable' });

  const intent = readStored(openingIntent, item.payload);
  const groupId = bytesToHex(deps.random(GROUP_ID_BYTES)) as GroupId;
  const { groupId: previousGroup } = conversation;
  // Where there was a group, this one is the next generation: the one before cannot go on.
  const generation = previousGroup === undefined ? 0 : conversation.generation + 1;
  const alone = await engine.createGroup(groupId, {
    version: EXTENSION_VERSION,
    conversationId: item.conversationId,
    kind: 'direct',
    generation,
    ...(previousGroup && { previousGroupId: previousGroup }),
  });
  const createGroup = { groupId, capabilityHash: await depositCapabilityHash(engine, alone) };
  const peerChain = await columnToChain(contact.chain);
  const place = { base: 0, head: 0, depositId: createDepositId() };
  const sealed = await sealCommit({ engine, random: deps.random }, alone, {
    change: { add: intent.packages.map(({ keyPackage }) => keyPackage), remove: [] },
    place,
    welcomeDepositId: createDepositId(),
    chains: new Map([[identity.accountId, identity.chain]]),
    evidence: peerChain.entries,
    introduction: await introduce(),
  });
  if (!sealed.ok || sealed.value.welcomeEnvelope === undefined) return err({ tag: 'unsealable' });
  const { envelope, welcomeEnvelope, capabilityHash } = sealed.value;
  const state = engine.adopt(sealed.value);
  groups.put({
    row: {
      groupId,
      conversationId: item.conversationId,
      generation,
      previousGroup,
      base: 0,
      head: 0,
      capability: await depositCapability(engine, state),
      standing: 'provisional',
      ownCounter: 0,
    },
    state,
  });
  const bytes = encodeWith(sealedOpening, {
    createGroup,
    commit: {
      envelope,
      capabilityHash,
      recipients: [identity.mailboxId, ...intent.packages.map(({ mailboxId }) => mailboxId)],
      welcomes: intent.packages.map(({ mailboxId, welcomeToken: token }, position) => ({
        mailboxId,
        token,
        ...(position === 0 && { envelope: welcomeEnvelope }),
      })),
    },
  });
  later(() => rows.outbox.seal(item.id, { bytes, groupId, ...place }));
  return ok(undefined);

  async function introduce(): Promise<Introduction> {
    const handleClaim = readSetting(rows.settings, HANDLE_CLAIM);
    const invite = intent.invite && (await proveInvite(intent.invite));
    return {
      version: EXTENSION_VERSION,
      name: rows.ownAccount.read()?.name ?? '',
      ...(handleClaim && { handleClaim }),
      ...(invite && { invite }),
    };
  }

  async function proveInvite({ inviteId, key }: NonNullable<OpeningIntent['invite']>): Promise<Introduction['invite']> {
    return { inviteId, proof: await hmacSha384(key, encodeWith(inviteProofInput, { groupId, inviteId })) };
  }
};

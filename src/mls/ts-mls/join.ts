/** Joining by a Welcome (RFC 9420 §12.4.3.1). */
import type { CiphersuiteImpl } from 'ts-mls/crypto/ciphersuite.js';
import type { Extension } from 'ts-mls/extension.js';
import {
  ratchetTreeFromExtension,
  verifyGroupInfoConfirmationTag,
  verifyGroupInfoSignature,
  type GroupInfo,
} from 'ts-mls/groupInfo.js';
import { makeKeyPackageRef, type KeyPackage } from 'ts-mls/keyPackage.js';
import { deriveKeySchedule } from 'ts-mls/keySchedule.js';
import { decodeMlsMessage, encodeMlsMessage } from 'ts-mls/message.js';
import { findLeafIndex, type RatchetTree } from 'ts-mls/ratchetTree.js';
import { treeHashRoot } from 'ts-mls/treeHash.js';
import { leafWidth } from 'ts-mls/treemath.js';
import { decryptGroupInfo, decryptGroupSecrets, type Welcome } from 'ts-mls/welcome.js';
import type { GroupSecrets } from 'ts-mls/groupSecrets.js';
import { LIMITS } from '../../domain/limits.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { equalBytes } from '../../crypto/bytes.ts';
import { purge } from '../../crypto/keys.ts';
import {
  CONVERSATION_EXTENSION,
  conversationExtension,
  introduction,
  INTRODUCTION_EXTENSION,
  type ConversationExtension,
  type Introduction,
} from '../../wire/group-extensions.ts';
import { decodeWith } from '../../wire/schema.ts';
import { areAllowedTogether } from '../conversation-rules.ts';
import type { Directory } from '../directory.ts';
import type { GroupMember, JoinError } from '../engine.ts';
import type { EpochState } from './epoch-state.ts';
import { NO_PSK } from './next-epoch.ts';
import { derivePathKeys, keepLivingKeys, sharedPath } from './path-secrets.ts';
import { isVouchedFor } from './profile.ts';
import { ifReadable, unlessRefused } from './refusal.ts';
import { createSecretTree } from './secret-tree.ts';
import { SUITE_NAME } from './suite.ts';
import { isGoodTree, leafAt, leavesOf, memberAt, membersOf } from './tree-checks.ts';

export interface OwnKeyPackage {
  readonly keyPackage: KeyPackage;
  readonly initPrivateKey: Uint8Array;
  readonly leafPrivateKey: Uint8Array;
}

export interface JoinedGroup {
  readonly state: EpochState;
  readonly conversation: ConversationExtension;
  readonly introduction?: Introduction;
  readonly addedBy: GroupMember;
}

const refused = (detail: string): Result<never, JoinError> => err({ tag: 'refused', detail });

export const joinGroup = async (
  suite: CiphersuiteImpl,
  bytes: Uint8Array,
  own: OwnKeyPackage,
  directory: Directory,
): Promise<Result<JoinedGroup, JoinError>> => {
  const welcome = decodeWelcome(bytes);
  if (welcome === undefined) return err({ tag: 'malformed' });
  const opened = await openWelcome(suite, welcome, own);
  if (opened === undefined) return err({ tag: 'not-authentic' });
  const { groupInfo, groupSecrets } = opened;
  const { groupContext } = groupInfo;
  if (groupContext.cipherSuite !== SUITE_NAME) return refused('another cipher suite');
  if (groupSecrets.psks.length > 0) return refused('pre-shared keys');
  const conversation = readConversation(groupContext.extensions);
  if (conversation === undefined) return refused('not a conversation of ours');
  const said = readIntroduction(groupInfo.extensions);
  if (said === 'malformed') return refused('an introduction that cannot be read');

  const tree = ifReadable(() => ratchetTreeFromExtension(groupInfo));
  if (tree === undefined || !(await isGoodTree(suite, tree, groupContext.groupId))) return refused('the tree');
  if (!equalBytes(await treeHashRoot(tree, suite.hash), groupContext.treeHash)) return refused('the tree hash');
  const committer = leafAt(tree, groupInfo.signer);
  const addedBy = memberAt(tree, groupInfo.signer);
  if (committer === undefined || addedBy === undefined) return refused('signed by nobody');
  if (!(await verifyGroupInfoSignature(groupInfo, committer.signaturePublicKey, suite.signature))) {
    return err({ tag: 'not-authentic' });
  }
  const areKnown = leavesOf(tree).every(({ node }) => isVouchedFor(directory, node, node === committer));
  if (!areKnown) return err({ tag: 'stranger' });
  const accounts = new Set(membersOf(tree).map(({ identity }) => identity.accountId));
  if (!areAllowedTogether(conversation, accounts)) return err({ tag: 'wrong-conversation' });

  const state = await enterGroup(suite, own, tree, groupInfo, groupSecrets);
  if (state === undefined) return err({ tag: 'not-authentic' });
  return ok({ state, conversation, addedBy, ...(said && { introduction: said }) });
};

/** The one extension of a group of ours: which conversation it carries. */
const readConversation = (extensions: readonly Extension[]): ConversationExtension | undefined => {
  const [extension, ...others] = extensions;
  if (extension?.extensionType !== CONVERSATION_EXTENSION || others.length > 0) return undefined;
  const decoded = decodeWith(conversationExtension, extension.extensionData);
  return decoded.ok ? decoded.value : undefined;
};

export const conversationOf = (state: EpochState): ConversationExtension => {
  const conversation = readConversation(state.groupContext.extensions);
  if (conversation === undefined) throw new Error('a group of ours carries a conversation');
  return conversation;
};

const readIntroduction = (extensions: readonly Extension[]): Introduction | 'malformed' | undefined => {
  const extension = extensions.find(({ extensionType }) => extensionType === INTRODUCTION_EXTENSION);
  if (extension === undefined) return undefined;
  const decoded = decodeWith(introduction, extension.extensionData);
  return decoded.ok ? decoded.value : 'malformed';
};

const decodeWelcome = (bytes: Uint8Array): Welcome | undefined => {
  if (bytes.length > LIMITS.handshakeBytes) return undefined;
  const message = ifReadable(() => {
    const decoded = decodeMlsMessage(bytes, 0)?.[0];
    return decoded && equalBytes(encodeMlsMessage(decoded), bytes) ? decoded : undefined;
  });
  return message?.wireformat === 'mls_welcome' && message.welcome.cipherSuite === SUITE_NAME
    ? message.welcome
    : undefined;
};

const openWelcome = (
  suite: CiphersuiteImpl,
  welcome: Welcome,
  own: OwnKeyPackage,
): Promise<{ readonly groupInfo: GroupInfo; readonly groupSecrets: GroupSecrets } | undefined> =>
  unlessRefused(async () => {
    const reference = await makeKeyPackageRef(own.keyPackage, suite.hash);
    const initKey = await suite.hpke.importPrivateKey(own.initPrivateKey);
    const groupSecrets = await decryptGroupSecrets(initKey, reference, welcome, suite.hpke);
    if (groupSecrets === undefined) return undefined;
    const groupInfo = await decryptGroupInfo(welcome, groupSecrets.joinerSecret, NO_PSK, suite);
    return groupInfo && { groupInfo, groupSecrets };
  });

/** Own leaf, path and confirmation tag: what shows that this Welcome belongs to this tree and to us. */
const enterGroup = (
  suite: CiphersuiteImpl,
  own: OwnKeyPackage,
  tree: RatchetTree,
  groupInfo: GroupInfo,
  { joinerSecret, pathSecret }: GroupSecrets,
): Promise<EpochState | undefined> =>
  unlessRefused(async () => {
    const leaf = findLeafIndex(tree, own.keyPackage.leafNode);
    if (leaf === undefined || Number(leaf) === groupInfo.signer || pathSecret === undefined) return undefined;
    const { privateKeys, commitSecret } = await derivePathKeys(
      suite,
      tree,
      sharedPath(tree, groupInfo.signer, leaf),
      pathSecret,
    );
    const { groupContext, confirmationTag } = groupInfo;
    const isConfirmed = await verifyGroupInfoConfirmationTag(groupInfo, joinerSecret, NO_PSK, suite);
    if (!isConfirmed) return undefined;
    const [keySchedule, encryptionSecret] = await deriveKeySchedule(joinerSecret, NO_PSK, groupContext, suite.kdf);
    purge(commitSecret, joinerSecret);
    return {
      groupContext,
      ratchetTree: tree,
      privatePath: keepLivingKeys(tree, leaf, { ...privateKeys, [2 * leaf]: own.leafPrivateKey.slice() }),
      keySchedule,
      confirmationTag,
      secretTree: createSecretTree(leafWidth(tree.length), encryptionSecret),
      ownCommits: [],
    };
  });

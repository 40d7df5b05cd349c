import type { CiphersuiteImpl } from 'ts-mls/crypto/ciphersuite.js';
import { deriveSecret } from 'ts-mls/crypto/kdf.js';
import { createConfirmationTag } from 'ts-mls/framedContent.js';
import type { GroupContext } from 'ts-mls/groupContext.js';
import { initializeKeySchedule } from 'ts-mls/keySchedule.js';
import type { RatchetTree } from 'ts-mls/ratchetTree.js';
import { treeHashRoot } from 'ts-mls/treeHash.js';
import { hexToBytes, type GroupId } from '../../domain/ids.ts';
import { purge } from '../../crypto/keys.ts';
import {
  CONVERSATION_EXTENSION,
  conversationExtension,
  type ConversationExtension,
} from '../../wire/group-extensions.ts';
import { encodeWith } from '../../wire/schema.ts';
import type { EpochState } from './epoch-state.ts';
import type { OwnKeyPackage } from './join.ts';
import { createSecretTree } from './secret-tree.ts';

/** A group of one, in epoch 0 (RFC 9420 §11). */
export const createOwnGroup = async (
  suite: CiphersuiteImpl,
  own: OwnKeyPackage,
  groupId: GroupId,
  conversation: ConversationExtension,
): Promise<EpochState> => {
  const ratchetTree: RatchetTree = [{ nodeType: 'leaf', leaf: own.keyPackage.leafNode }];
  const groupContext: GroupContext = {
    version: 'mls10',
    cipherSuite: suite.name,
    groupId: hexToBytes(groupId),
    epoch: 0n,
    treeHash: await treeHashRoot(ratchetTree, suite.hash),
    confirmedTranscriptHash: new Uint8Array(0),
    extensions: [
      { extensionType: CONVERSATION_EXTENSION, extensionData: encodeWith(conversationExtension, conversation) },
    ],
  };
  const epochSecret = suite.rng.randomBytes(suite.kdf.size);
  const keySchedule = await initializeKeySchedule(epochSecret, suite.kdf);
  const encryptionSecret = await deriveSecret(epochSecret, 'encryption', suite.kdf);
  purge(epochSecret);
  return {
    groupContext,
    ratchetTree,
    privatePath: { leafIndex: 0, privateKeys: { 0: own.leafPrivateKey } },
    keySchedule,
    confirmationTag: await createConfirmationTag(
      keySchedule.confirmationKey,
      groupContext.confirmedTranscriptHash,
      suite.hash,
    ),
    secretTree: createSecretTree(1, encryptionSecret),
    ownCommits: [],
  };
};

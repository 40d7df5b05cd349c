import type { CiphersuiteImpl } from 'ts-mls/crypto/ciphersuite.js';
import { nextEpochContext } from 'ts-mls/clientState.js';
import type { FramedContentCommit } from 'ts-mls/framedContent.js';
import type { GroupContext } from 'ts-mls/groupContext.js';
import { initializeEpoch, type EpochSecrets } from 'ts-mls/keySchedule.js';
import type { RatchetTree } from 'ts-mls/ratchetTree.js';
import { treeHashRoot } from 'ts-mls/treeHash.js';
import type { EpochState } from './epoch-state.ts';

/** We use no pre-shared keys (RFC 9420 §8.4): their part of the schedule is zeros. */
export const NO_PSK = new Uint8Array(48);

/** The context and secrets that a commit makes (RFC 9420 §8). */
export const enterNextEpoch = async (
  suite: CiphersuiteImpl,
  state: EpochState,
  tree: RatchetTree,
  commit: { readonly content: FramedContentCommit; readonly signature: Uint8Array; readonly commitSecret: Uint8Array },
): Promise<{ readonly groupContext: GroupContext; readonly secrets: EpochSecrets }> => {
  const groupContext = await nextEpochContext(
    state.groupContext,
    'mls_private_message',
    commit.content,
    commit.signature,
    await treeHashRoot(tree, suite.hash),
    state.confirmationTag,
    suite.hash,
  );
  const { initSecret } = state.keySchedule;
  const secrets = await initializeEpoch(initSecret, commit.commitSecret, groupContext, NO_PSK, suite.kdf);
  return { groupContext, secrets };
};

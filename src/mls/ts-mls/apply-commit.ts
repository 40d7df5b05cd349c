/**
 * Judging a commit in two steps that must never be mixed (docs/protocol/groups.md, "Standing"): what everybody can check
 * decides whether it is skipped; what only this device can check decides whether this device is broken.
 */
import { applyUpdatePathSecret } from 'ts-mls/createCommit.js';
import type { CiphersuiteImpl } from 'ts-mls/crypto/ciphersuite.js';
import { verifyConfirmationTag, type FramedContentCommit } from 'ts-mls/framedContent.js';
import type { Proposal } from 'ts-mls/proposal.js';
import { filteredDirectPathAndCopathResolution, type RatchetTree } from 'ts-mls/ratchetTree.js';
import { filterNewLeaves } from 'ts-mls/createCommit.js';
import { treeHashRoot } from 'ts-mls/treeHash.js';
import { leafWidth, toLeafIndex } from 'ts-mls/treemath.js';
import { applyUpdatePath, type UpdatePath } from 'ts-mls/updatePath.js';
import { err, ok, type Result } from '../../domain/result.ts';
import { equalBytes } from '../../crypto/bytes.ts';
import { purge } from '../../crypto/keys.ts';
import type { ConversationExtension } from '../../wire/group-extensions.ts';
import type { Directory } from '../directory.ts';
import type { SkipReason } from '../engine.ts';
import type { EpochState } from './epoch-state.ts';
import { addedNodes, changeMembership, type ChangedTree } from './membership.ts';
import { enterNextEpoch } from './next-epoch.ts';
import { derivePathKeys, keepLivingKeys, sharedPath } from './path-secrets.ts';
import type { OpenedContent } from './private-message.ts';
import { isGoodLeaf, isPoint, isVouchedFor } from './profile.ts';
import { unlessRefused } from './refusal.ts';
import { createSecretTree } from './secret-tree.ts';
import { areKeysDistinct, leafAt } from './tree-checks.ts';

/** A path secret sealed with AES-256-GCM. */
const SEALED_SECRET_BYTES = 48 + 16;

export interface CheckedCommit {
  readonly change: ChangedTree;
  readonly path: UpdatePath;
  /** After the change and the path. */
  readonly tree: RatchetTree;
  readonly content: FramedContentCommit;
}

/** The public check: public state, the commit and the evidence in, the same verdict out, whoever asks. */
export const checkCommit = async (
  suite: CiphersuiteImpl,
  state: EpochState,
  opened: OpenedContent,
  rules: { readonly directory: Directory; readonly conversation: ConversationExtension },
): Promise<Result<CheckedCommit, SkipReason>> => {
  const { content, leaf: committer } = opened;
  if (content.contentType !== 'commit') return err('not-a-commit');
  const { proposals, path } = content.commit;
  const byValue: Proposal[] = [];
  for (const item of proposals) {
    if (item.proposalOrRefType === 'reference') return err('proposal-by-reference');
    byValue.push(item.proposal);
  }
  if (path === undefined) return err('no-path');
  const change = await changeMembership(suite, state.ratchetTree, committer, byValue, rules);
  if (!change.ok) return change;
  if (!(await isGoodSuccessor(suite, state, committer, path, rules.directory))) return err('bad-leaf');
  if (!isGoodPath(change.value, committer, path)) return err('bad-tree');
  // Refuses a parent hash that does not fit (RFC 9420 §7.9).
  const tree = await unlessRefused(() => applyUpdatePath(change.value.tree, toLeafIndex(committer), path, suite.hash));
  if (tree === undefined || !areKeysDistinct(tree)) return err('bad-tree');
  return ok({ change: change.value, path, tree, content });
};

/** The committer's new leaf: the same device with a new encryption key. */
const isGoodSuccessor = async (
  suite: CiphersuiteImpl,
  state: EpochState,
  committer: number,
  { leafNode }: UpdatePath,
  directory: Directory,
): Promise<boolean> => {
  const before = leafAt(state.ratchetTree, committer);
  return (
    before !== undefined &&
    leafNode.credential.credentialType === 'basic' &&
    before.credential.credentialType === 'basic' &&
    equalBytes(leafNode.credential.identity, before.credential.identity) &&
    equalBytes(leafNode.signaturePublicKey, before.signaturePublicKey) &&
    !equalBytes(leafNode.hpkePublicKey, before.hpkePublicKey) &&
    isVouchedFor(directory, leafNode, true) &&
    (await isGoodLeaf(suite, leafNode, state.groupContext.groupId, committer))
  );
};

/** One node per level, with one sealed secret for each that must get it, and points that everybody can encrypt to. */
const isGoodPath = (change: ChangedTree, committer: number, path: UpdatePath): boolean => {
  const levels = filteredDirectPathAndCopathResolution(toLeafIndex(committer), change.tree);
  const fresh = addedNodes(change);
  return (
    path.nodes.length === levels.length &&
    path.nodes.every(({ hpkePublicKey, encryptedPathSecret }, level) => {
      const readers = filterNewLeaves(levels[level]?.resolution ?? [], fresh);
      return (
        isPoint(hpkePublicKey) &&
        encryptedPathSecret.length === readers.length &&
        encryptedPathSecret.every(
          (sealed) => sealed.ciphertext.length === SEALED_SECRET_BYTES && isPoint(sealed.kemOutput),
        )
      );
    })
  );
};

/** The private check: `undefined` means that the commit is good for everybody who can read it, and we cannot. */
export const enterCommit = async (
  suite: CiphersuiteImpl,
  state: EpochState,
  opened: OpenedContent,
  { change, path, tree, content }: CheckedCommit,
): Promise<EpochState | undefined> =>
  unlessRefused(async () => {
    const { leafIndex } = state.privatePath;
    const committer = opened.leaf;
    const { groupContext: before } = state;
    const treeHash = await treeHashRoot(tree, suite.hash);
    const { pathSecret } = await applyUpdatePathSecret(
      tree,
      state.privatePath,
      toLeafIndex(committer),
      { ...before, treeHash, epoch: before.epoch + 1n },
      path,
      addedNodes(change),
      suite,
    );
    const keys = await derivePathKeys(suite, tree, sharedPath(tree, committer, leafIndex), pathSecret);
    if (opened.auth.contentType !== 'commit') return undefined;
    const { signature, confirmationTag } = opened.auth;
    const { commitSecret } = keys;
    const { groupContext, secrets } = await enterNextEpoch(suite, state, tree, { content, signature, commitSecret });
    const isConfirmed = await verifyConfirmationTag(
      secrets.keySchedule.confirmationKey,
      confirmationTag,
      groupContext.confirmedTranscriptHash,
      suite.hash,
    );
    purge(commitSecret, secrets.joinerSecret, secrets.welcomeSecret);
    if (!isConfirmed) return undefined;
    return {
      groupContext,
      ratchetTree: tree,
      privatePath: keepLivingKeys(tree, leafIndex, { ...state.privatePath.privateKeys, ...keys.privateKeys }),
      keySchedule: secrets.keySchedule,
      confirmationTag,
      secretTree: createSecretTree(leafWidth(tree.length), secrets.encryptionSecret),
      ownCommits: [],
    };
  });

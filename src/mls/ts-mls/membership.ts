/** The part of a commit that changes who is in the tree, checked alike by who makes it and by who judges it. */
import type { CiphersuiteImpl } from 'ts-mls/crypto/ciphersuite.js';
import type { KeyPackage } from 'ts-mls/keyPackage.js';
import type { Proposal } from 'ts-mls/proposal.js';
import { addLeafNode, removeLeafNode, type RatchetTree } from 'ts-mls/ratchetTree.js';
import { leafToNodeIndex, nodeToLeafIndex, toLeafIndex, type NodeIndex } from 'ts-mls/treemath.js';
import { LIMITS } from '../../domain/limits.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { areAllowedTogether } from '../conversation-rules.ts';
import type { Directory } from '../directory.ts';
import type { ConversationExtension } from '../../wire/group-extensions.ts';
import type { GroupMember, SkipReason } from '../engine.ts';
import { isGoodKeyPackage, isVouchedFor } from './profile.ts';
import { areKeysDistinct, leafAt, leavesOf, memberAt, membersOf } from './tree-checks.ts';

export interface ChangedTree {
  readonly tree: RatchetTree;
  readonly added: readonly { readonly leaf: number; readonly keyPackage: KeyPackage }[];
  readonly removed: readonly GroupMember[];
}

/** Removes, then adds (RFC 9420 §12.3). */
export const changeMembership = async (
  suite: CiphersuiteImpl,
  before: RatchetTree,
  committer: number,
  proposals: readonly Proposal[],
  rules: { readonly directory: Directory; readonly conversation: ConversationExtension },
): Promise<Result<ChangedTree, SkipReason>> => {
  const adds = proposals.flatMap((proposal) => (proposal.proposalType === 'add' ? [proposal.add.keyPackage] : []));
  const removes = proposals.flatMap((proposal) =>
    proposal.proposalType === 'remove' ? [proposal.remove.removed] : [],
  );
  if (adds.length + removes.length !== proposals.length) return err('proposal-kind');
  if (adds.length > LIMITS.addsPerCommit) return err('too-large');
  if (new Set(removes).size !== removes.length || removes.includes(committer)) return err('bad-proposal');

  let tree = before;
  const removed: GroupMember[] = [];
  for (const leaf of removes) {
    const member = memberAt(before, leaf);
    if (member === undefined) return err('bad-proposal');
    removed.push(member);
    tree = removeLeafNode(tree, toLeafIndex(leaf));
  }
  const added: { leaf: number; keyPackage: KeyPackage }[] = [];
  for (const keyPackage of adds) {
    if (!(await isGoodKeyPackage(suite, keyPackage))) return err('bad-proposal');
    if (!isVouchedFor(rules.directory, keyPackage.leafNode, true)) return err('stranger');
    const [grown, node] = addLeafNode(tree, keyPackage.leafNode);
    tree = grown;
    added.push({ leaf: nodeToLeafIndex(node), keyPackage });
  }
  if (leavesOf(tree).length > LIMITS.groupDevices) return err('too-large');
  if (leafAt(tree, committer) === undefined || !areKeysDistinct(tree)) return err('bad-tree');
  const accounts = new Set(membersOf(tree).map(({ identity }) => identity.accountId));
  if (!areAllowedTogether(rules.conversation, accounts)) return err('wrong-conversation');
  return ok({ tree, added, removed });
};

/** New members get their path secret in the Welcome, so no path is encrypted to them. */
export const addedNodes = (change: ChangedTree): NodeIndex[] =>
  change.added.map(({ leaf }) => leafToNodeIndex(toLeafIndex(leaf)));

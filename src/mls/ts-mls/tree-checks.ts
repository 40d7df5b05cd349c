/**
 * Checks of a whole ratchet tree (RFC 9420 §7.8, §12.4.3.1). Our own: ts-mls asks every node above an unmerged leaf for
 * one and the same list of unmerged leaves, which refuses trees that are correct, and compares no keys of a new leaf.
 */
import type { CiphersuiteImpl } from 'ts-mls/crypto/ciphersuite.js';
import { verifyParentHashes } from 'ts-mls/parentHash.js';
import type { RatchetTree } from 'ts-mls/ratchetTree.js';
import { directPath, leafToNodeIndex, leafWidth, toLeafIndex } from 'ts-mls/treemath.js';
import type { LeafNode } from 'ts-mls/leafNode.js';
import { LIMITS } from '../../domain/limits.ts';
import { bytesToHex } from '../../domain/ids.ts';
import type { GroupMember } from '../engine.ts';
import { isGoodLeaf, isPoint, readIdentity } from './profile.ts';

/** A tree lives as long as its epoch and is asked for its members with every message. */
const knownMembers = new WeakMap<RatchetTree, readonly GroupMember[]>();

/** All members, by leaf. @throws if a leaf has no identity: every leaf was checked when it came in */
export const membersOf = (tree: RatchetTree): readonly GroupMember[] => {
  const known = knownMembers.get(tree);
  if (known !== undefined) return known;
  const members = leavesOf(tree).map(({ leaf, node }) => toMember(leaf, node));
  knownMembers.set(tree, members);
  return members;
};

export const memberAt = (tree: RatchetTree, leaf: number): GroupMember | undefined => {
  const node = leafAt(tree, leaf);
  return node && toMember(leaf, node);
};

export const leafAt = (tree: RatchetTree, leaf: number): LeafNode | undefined => {
  const node = tree[2 * leaf];
  return node?.nodeType === 'leaf' ? node.leaf : undefined;
};

export const leavesOf = (tree: RatchetTree): readonly { readonly leaf: number; readonly node: LeafNode }[] =>
  tree.flatMap((node, index) => (node?.nodeType === 'leaf' ? [{ leaf: index / 2, node: node.leaf }] : []));

const toMember = (leaf: number, node: LeafNode): GroupMember => {
  const identity = readIdentity(node);
  if (identity === undefined) throw new Error('a leaf without identity stands in the tree');
  return { leaf, identity, signatureKey: node.signaturePublicKey.slice() };
};

/** A tree that a stranger shows us whole, with a Welcome. Its hash is compared by the caller. */
export const isGoodTree = async (suite: CiphersuiteImpl, tree: RatchetTree, groupId: Uint8Array): Promise<boolean> => {
  if (!isFullTree(tree) || !areKeysDistinct(tree) || !areUnmergedLeavesSound(tree)) return false;
  for (const node of tree) if (node?.nodeType === 'parent' && !isPoint(node.parent.hpkePublicKey)) return false;
  for (const { leaf, node } of leavesOf(tree)) if (!(await isGoodLeaf(suite, node, groupId, leaf))) return false;
  return verifyParentHashes(tree, suite.hash);
};

/** No key serves two nodes, and no device stands in two leaves. */
export const areKeysDistinct = (tree: RatchetTree): boolean => {
  const encryptionKeys = tree.flatMap((node) => {
    if (node === undefined) return [];
    return [bytesToHex(node.nodeType === 'leaf' ? node.leaf.hpkePublicKey : node.parent.hpkePublicKey)];
  });
  const leaves = leavesOf(tree);
  const signatureKeys = leaves.map(({ node }) => bytesToHex(node.signaturePublicKey));
  const names = leaves.map(({ node }) => {
    const identity = readIdentity(node);
    return `${identity?.accountId} ${identity?.deviceIndex}`;
  });
  return [encryptionKeys, signatureKeys, names].every((list) => new Set(list).size === list.length);
};

const isFullTree = (tree: RatchetTree): boolean => {
  const isPowerOfTwo = Number.isInteger(Math.log2(tree.length + 1));
  const isInPlace = tree.every((node, index) => node === undefined || (node.nodeType === 'leaf') === (index % 2 === 0));
  const count = leavesOf(tree).length;
  return isPowerOfTwo && isInPlace && count > 0 && count <= LIMITS.groupDevices;
};

/** Each unmerged leaf is there, stands below, and is listed by every node that is set between (RFC 9420 §7.8). */
export const areUnmergedLeavesSound = (tree: RatchetTree): boolean =>
  tree.every((node, index) => {
    if (node?.nodeType !== 'parent') return true;
    const { unmergedLeaves } = node.parent;
    return unmergedLeaves.every((leaf, position) => {
      const isAscending = position === 0 || leaf > (unmergedLeaves[position - 1] ?? leaf);
      if (!isAscending || leafAt(tree, leaf) === undefined) return false;
      const path = directPath(leafToNodeIndex(toLeafIndex(leaf)), leafWidth(tree.length));
      const place = path.findIndex((ancestor) => Number(ancestor) === index);
      return (
        place !== -1 &&
        path.slice(0, place).every((between) => {
          const lower = tree[between];
          return lower?.nodeType !== 'parent' || lower.parent.unmergedLeaves.includes(leaf);
        })
      );
    });
  });

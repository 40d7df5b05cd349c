/** The secrets of an update path (RFC 9420 §7.4) and the private keys that they give. */
import type { CiphersuiteImpl } from 'ts-mls/crypto/ciphersuite.js';
import { deriveSecret } from 'ts-mls/crypto/kdf.js';
import type { PrivateKeyPath } from 'ts-mls/privateKeyPath.js';
import { filteredDirectPathAndCopathResolution, getHpkePublicKey, type RatchetTree } from 'ts-mls/ratchetTree.js';
import { isAncestor, leafToNodeIndex, toLeafIndex, type NodeIndex } from 'ts-mls/treemath.js';
import { equalBytes } from '../../crypto/bytes.ts';
import { purge } from '../../crypto/keys.ts';
import { publicHalf } from './hpke-suite.ts';
import { refuse } from './refusal.ts';

export type PathKeys = {
  readonly privateKeys: Readonly<Record<number, Uint8Array>>;
  readonly commitSecret: Uint8Array;
};

/** The nodes of the committer's path from the one that it shares with `leaf` up to the top. */
export const sharedPath = (tree: RatchetTree, committer: number, leaf: number): readonly NodeIndex[] => {
  const own = leafToNodeIndex(toLeafIndex(leaf));
  const path = filteredDirectPathAndCopathResolution(toLeafIndex(committer), tree).map(({ nodeIndex }) => nodeIndex);
  const first = path.findIndex((node) => isAncestor(own, node, tree.length));
  return first === -1 ? refuse('no common ancestor') : path.slice(first);
};

/**
 * From the lowest path secret, the private key of every node of `path`, each compared with the public key that the tree
 * shows for it: ts-mls does not look, and whoever sent another one would be the only one who can speak to that subtree.
 */
export const derivePathKeys = async (
  suite: CiphersuiteImpl,
  tree: RatchetTree,
  path: readonly NodeIndex[],
  lowestSecret: Uint8Array,
): Promise<PathKeys> => {
  const privateKeys: Record<number, Uint8Array> = {};
  let secret = lowestSecret;
  for (const node of path) {
    const nodeSecret = await deriveSecret(secret, 'node', suite.kdf);
    const pair = await suite.hpke.deriveKeyPair(nodeSecret);
    const privateKey = await suite.hpke.exportPrivateKey(pair.privateKey);
    const shown = tree[node];
    if (shown === undefined || !equalBytes(getHpkePublicKey(shown), publicHalf(privateKey))) {
      return refuse('a path secret does not give the key that the tree shows');
    }
    privateKeys[node] = privateKey;
    const next = await deriveSecret(secret, 'path', suite.kdf);
    purge(secret, nodeSecret);
    secret = next;
  }
  return { privateKeys, commitSecret: secret };
};

/** The keys that still open something in `tree`: an old key of a node that was blanked or renewed is kept by nobody. */
export const keepLivingKeys = (
  tree: RatchetTree,
  leafIndex: number,
  keys: Readonly<Record<number, Uint8Array>>,
): PrivateKeyPath => {
  const living = Object.entries(keys).filter(([index, key]) => {
    const node = tree[Number(index)];
    return node !== undefined && equalBytes(getHpkePublicKey(node), publicHalf(key));
  });
  return { leafIndex, privateKeys: Object.fromEntries(living) };
};

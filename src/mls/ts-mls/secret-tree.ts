/**
 * The secret tree (RFC 9420 §9), grown on demand: a node's secret is replaced by its children's when a leaf below it
 * first speaks, so a new epoch is one secret, and a group of 500 in which three people talk keeps three ratchets.
 *
 * For a message that arrives late its key is kept, never the ratchet secret before it: from that, every later key of the
 * epoch would follow. Values are immutable; whoever replaces one overwrites the secrets that the new one lacks.
 */
import { deriveTreeSecret, expandWithLabel, type Kdf } from 'ts-mls/crypto/kdf.js';
import {
  isLeaf,
  left,
  leafToNodeIndex,
  right,
  root,
  toLeafIndex,
  toNodeIndex,
  type NodeIndex,
} from 'ts-mls/treemath.js';
import { utf8 } from '../../crypto/bytes.ts';

export type MessageKey = { readonly key: Uint8Array; readonly nonce: Uint8Array };

export interface Ratchet {
  /** Of the next message. */
  readonly generation: number;
  readonly secret: Uint8Array;
  /** Keys of messages that did not arrive yet, by generation, in ascending order. */
  readonly skipped: ReadonlyMap<number, MessageKey>;
}

export type RatchetKind = 'application' | 'handshake';
export type LeafRatchets = Readonly<Record<RatchetKind, Ratchet>>;

export interface SecretTree {
  /** Leaves of the full tree, a power of two. */
  readonly width: number;
  /** Secrets of nodes under which nobody spoke yet. */
  readonly nodes: ReadonlyMap<number, Uint8Array>;
  readonly leaves: ReadonlyMap<number, LeafRatchets>;
}

export type TakenKey = MessageKey & { readonly generation: number; readonly tree: SecretTree };

/** How far a ratchet may jump, and how many keys it keeps for messages that did not arrive. */
export const MAX_SKIPPED = 2_000;

export const createSecretTree = (width: number, encryptionSecret: Uint8Array): SecretTree => ({
  width,
  nodes: new Map([[root(width), encryptionSecret]]),
  leaves: new Map(),
});

/** The next key of one's own ratchet. */
export const takeNextKey = async (
  start: SecretTree,
  leaf: number,
  kind: RatchetKind,
  kdf: Kdf,
): Promise<TakenKey | undefined> => {
  const tree = await growLeaf(start, leaf, kdf);
  const ratchets = tree?.leaves.get(leaf);
  if (tree === undefined || ratchets === undefined) return undefined;
  const { key, next } = await step(ratchets[kind], kdf);
  return { ...key, generation: ratchets[kind].generation, tree: withRatchet(tree, leaf, kind, next) };
};

/** The key of one message of another member; `used` if it was taken before, `too-far` beyond `MAX_SKIPPED`. */
export const takeKey = async (
  start: SecretTree,
  leaf: number,
  kind: RatchetKind,
  generation: number,
  kdf: Kdf,
): Promise<TakenKey | 'used' | 'too-far'> => {
  const tree = await growLeaf(start, leaf, kdf);
  const ratchet = tree?.leaves.get(leaf)?.[kind];
  if (tree === undefined || ratchet === undefined) return 'used';
  if (generation < ratchet.generation) {
    const kept = ratchet.skipped.get(generation);
    if (kept === undefined) return 'used';
    const skipped = new Map(ratchet.skipped);
    skipped.delete(generation);
    return { ...kept, generation, tree: withRatchet(tree, leaf, kind, { ...ratchet, skipped }) };
  }
  if (generation - ratchet.generation > MAX_SKIPPED) return 'too-far';

  const skipped = new Map(ratchet.skipped);
  let current: Ratchet = ratchet;
  while (current.generation < generation) {
    const { key, next } = await step(current, kdf);
    skipped.set(current.generation, key);
    current = next;
  }
  const { key, next } = await step(current, kdf);
  const oldest = [...skipped.keys()].slice(0, Math.max(0, skipped.size - MAX_SKIPPED));
  for (const old of oldest) skipped.delete(old);
  return { ...key, generation, tree: withRatchet(tree, leaf, kind, { ...next, skipped }) };
};

/** Every secret in it, so that what a successor lacks can be overwritten. */
export const secretsOf = (tree: SecretTree): readonly Uint8Array[] => [
  ...tree.nodes.values(),
  ...[...tree.leaves.values()].flatMap(({ application, handshake }) => [
    ...ratchetSecrets(application),
    ...ratchetSecrets(handshake),
  ]),
];

const ratchetSecrets = (ratchet: Ratchet): readonly Uint8Array[] => [
  ratchet.secret,
  ...[...ratchet.skipped.values()].map(({ key }) => key),
];

const withRatchet = (tree: SecretTree, leaf: number, kind: RatchetKind, ratchet: Ratchet): SecretTree => {
  const ratchets = tree.leaves.get(leaf);
  if (ratchets === undefined) return tree;
  return { ...tree, leaves: new Map(tree.leaves).set(leaf, { ...ratchets, [kind]: ratchet }) };
};

const step = async (ratchet: Ratchet, kdf: Kdf): Promise<{ readonly key: MessageKey; readonly next: Ratchet }> => {
  const { secret, generation } = ratchet;
  const [key, nonce, next] = await Promise.all([
    deriveTreeSecret(secret, 'key', generation, 32, kdf),
    deriveTreeSecret(secret, 'nonce', generation, 12, kdf),
    deriveTreeSecret(secret, 'secret', generation, kdf.size, kdf),
  ]);
  return { key: { key, nonce }, next: { ...ratchet, secret: next, generation: generation + 1 } };
};

/** Derives the way down to a leaf that has not spoken yet. `undefined` if it lies outside the tree. */
const growLeaf = async (tree: SecretTree, leaf: number, kdf: Kdf): Promise<SecretTree | undefined> => {
  if (tree.leaves.has(leaf)) return tree;
  if (leaf >= tree.width) return undefined;
  const target = leafToNodeIndex(toLeafIndex(leaf));
  const nodes = new Map(tree.nodes);
  let at: NodeIndex | undefined = [...tree.nodes.keys()].map(toNodeIndex).find((node) => covers(node, target));
  while (at !== undefined && !isLeaf(at)) {
    const secret = nodes.get(at);
    if (secret === undefined) return undefined;
    nodes.set(left(at), await expandWithLabel(secret, 'tree', utf8('left'), kdf.size, kdf));
    nodes.set(right(at), await expandWithLabel(secret, 'tree', utf8('right'), kdf.size, kdf));
    nodes.delete(at);
    at = target < at ? left(at) : right(at);
  }
  const secret = nodes.get(target);
  if (secret === undefined) return undefined;
  nodes.delete(target);
  const ratchets: LeafRatchets = {
    application: await createRatchet(secret, 'application', kdf),
    handshake: await createRatchet(secret, 'handshake', kdf),
  };
  return { ...tree, nodes, leaves: new Map(tree.leaves).set(leaf, ratchets) };
};

const createRatchet = async (secret: Uint8Array, kind: RatchetKind, kdf: Kdf): Promise<Ratchet> => ({
  generation: 0,
  secret: await expandWithLabel(secret, kind, new Uint8Array(0), kdf.size, kdf),
  skipped: new Map(),
});

/** Whether `node` is `target` or an ancestor of it: a node of level k spans 2^(k+1) - 1 indexes around itself. */
const covers = (node: NodeIndex, target: NodeIndex): boolean => {
  let half = 0;
  while (((node >> half) & 1) === 1) half += 1;
  const reach = (1 << half) - 1;
  return target >= node - reach && target <= node + reach;
};

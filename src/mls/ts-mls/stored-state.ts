/**
 * How a state rests in the database: two rows, because the cold one (tree, keys of the epoch) is large and changes with a
 * commit, and the hot one (message ratchets) is small and changes with every message. Both name engine, version and
 * epoch; a pair of two epochs is refused.
 */
import { encode } from 'ts-mls/codec/tlsEncoder.js';
import type { Decoder } from 'ts-mls/codec/tlsDecoder.js';
import { decodeGroupContext, groupContextEncoder } from 'ts-mls/groupContext.js';
import { decodeKeySchedule, keyScheduleEncoder } from 'ts-mls/keySchedule.js';
import { decodePrivateKeyPath, privateKeyPathEncoder } from 'ts-mls/privateKeyPath.js';
import { decodeRatchetTree, ratchetTreeEncoder } from 'ts-mls/ratchetTree.js';
import { err, ok, type Result } from '../../domain/result.ts';
import { bytes, decodeWith, encodeWith, field, list, struct, uint, type Infer } from '../../wire/schema.ts';
import type { StoredState, StoredStateError } from '../engine.ts';
import type { EpochState } from './epoch-state.ts';
import { ifReadable, refuse } from './refusal.ts';
import { MAX_SKIPPED, type Ratchet, type SecretTree } from './secret-tree.ts';

export const ENGINE_ID = 1;
/** History: 1, first version. */
export const STATE_VERSION = 1;

const MAX_COLD_BYTES = 4_194_304;
const MAX_NODES = 2_048;
const MAX_OWN_COMMITS = 1_000;
const part = bytes(1, MAX_COLD_BYTES);
const secret = bytes(48);
const writtenBy = {
  engine: field(0, uint(0xff)),
  version: field(1, uint(0xffff)),
  epoch: field(2, uint()),
};
/** Read first, so that a newer layout is told from a damaged one. */
const frame = struct({ ...writtenBy, content: field(3, part) });

const coldState = struct({
  groupContext: field(0, part),
  keySchedule: field(1, part),
  ratchetTree: field(2, part),
  privatePath: field(3, part),
  confirmationTag: field(4, secret),
  ownCommits: field(5, list(bytes(32), MAX_OWN_COMMITS)),
});
const ratchet = struct({
  generation: field(0, uint(0xffff_ffff)),
  secret: field(1, secret),
  skipped: field(
    2,
    list(
      struct({ generation: field(0, uint(0xffff_ffff)), key: field(1, bytes(32)), nonce: field(2, bytes(12)) }),
      MAX_SKIPPED,
    ),
  ),
});
const hotState = struct({
  width: field(0, uint(MAX_NODES)),
  nodes: field(1, list(struct({ node: field(0, uint(MAX_NODES)), secret: field(1, secret) }), MAX_NODES)),
  leaves: field(
    2,
    list(
      struct({ leaf: field(0, uint(MAX_NODES)), application: field(1, ratchet), handshake: field(2, ratchet) }),
      MAX_NODES,
    ),
  ),
});

export const storeState = (state: EpochState): StoredState => {
  const epoch = Number(state.groupContext.epoch);
  const { secretTree } = state;
  const cold = encodeWith(coldState, {
    groupContext: encode(groupContextEncoder)(state.groupContext).slice(),
    keySchedule: encode(keyScheduleEncoder)(state.keySchedule).slice(),
    ratchetTree: encode(ratchetTreeEncoder)(state.ratchetTree).slice(),
    privatePath: encode(privateKeyPathEncoder)(state.privatePath).slice(),
    confirmationTag: state.confirmationTag.slice(),
    ownCommits: state.ownCommits,
  });
  const hot = encodeWith(hotState, {
    width: secretTree.width,
    nodes: [...secretTree.nodes].map(([node, value]) => ({ node, secret: value.slice() })),
    leaves: [...secretTree.leaves].map(([leaf, ratchets]) => ({
      leaf,
      application: toStoredRatchet(ratchets.application),
      handshake: toStoredRatchet(ratchets.handshake),
    })),
  });
  const wrap = (content: Uint8Array<ArrayBuffer>) =>
    encodeWith(frame, { engine: ENGINE_ID, version: STATE_VERSION, epoch, content });
  return { cold: wrap(cold), hot: wrap(hot) };
};

export const loadState = (stored: StoredState): Result<EpochState, StoredStateError> => {
  const cold = openFrame(stored.cold);
  const hot = openFrame(stored.hot);
  if (!cold.ok) return cold;
  if (!hot.ok) return hot;
  const coldParts = decodeWith(coldState, cold.value.content);
  const hotParts = decodeWith(hotState, hot.value.content);
  if (!coldParts.ok || !hotParts.ok || cold.value.epoch !== hot.value.epoch) return err({ tag: 'malformed' });
  const state = ifReadable(() => readParts(coldParts.value, hotParts.value));
  return state ? ok(state) : err({ tag: 'malformed' });
};

const openFrame = (row: Uint8Array): Result<Infer<typeof frame>, StoredStateError> => {
  const framed = decodeWith(frame, row);
  if (!framed.ok) return err({ tag: 'malformed' });
  const { engine, version } = framed.value;
  return engine === ENGINE_ID && version === STATE_VERSION ? framed : err({ tag: 'newer-engine', engine, version });
};

const readParts = (cold: Infer<typeof coldState>, hot: Infer<typeof hotState>): EpochState => {
  const secretTree: SecretTree = {
    width: hot.width,
    nodes: new Map(hot.nodes.map(({ node, secret: value }) => [node, value])),
    leaves: new Map(
      hot.leaves.map(({ leaf, application, handshake }) => [
        leaf,
        { application: fromStoredRatchet(application), handshake: fromStoredRatchet(handshake) },
      ]),
    ),
  };
  return {
    groupContext: readWhole(decodeGroupContext, cold.groupContext),
    keySchedule: readWhole(decodeKeySchedule, cold.keySchedule),
    ratchetTree: readWhole(decodeRatchetTree, cold.ratchetTree),
    privatePath: readWhole(decodePrivateKeyPath, cold.privatePath),
    confirmationTag: cold.confirmationTag,
    ownCommits: cold.ownCommits,
    secretTree,
  };
};

const readWhole = <T>(decoder: Decoder<T>, content: Uint8Array): T => {
  const decoded = decoder(content, 0);
  return decoded?.[1] === content.length ? decoded[0] : refuse('not a stored state');
};

const toStoredRatchet = ({ generation, secret: value, skipped }: Ratchet): Infer<typeof ratchet> => ({
  generation,
  secret: value.slice(),
  skipped: [...skipped].map(([at, { key, nonce }]) => ({ generation: at, key: key.slice(), nonce: nonce.slice() })),
});

const fromStoredRatchet = ({ generation, secret: value, skipped }: Infer<typeof ratchet>): Ratchet => ({
  generation,
  secret: value,
  skipped: new Map(skipped.map(({ generation: at, key, nonce }) => [at, { key, nonce }])),
});

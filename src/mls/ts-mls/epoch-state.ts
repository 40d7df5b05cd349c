/** What ts-mls/ keeps of a group between two operations, and how a state is used once. */
import type { GroupContext } from 'ts-mls/groupContext.js';
import type { KeySchedule } from 'ts-mls/keySchedule.js';
import type { PrivateKeyPath } from 'ts-mls/privateKeyPath.js';
import type { RatchetTree } from 'ts-mls/ratchetTree.js';
import type { Bytes } from '../../crypto/bytes.ts';
import { purge } from '../../crypto/keys.ts';
import type { GroupState } from '../engine.ts';
import { secretsOf as treeSecretsOf, type SecretTree } from './secret-tree.ts';

export interface EpochState {
  readonly groupContext: GroupContext;
  readonly ratchetTree: RatchetTree;
  readonly privatePath: PrivateKeyPath;
  readonly keySchedule: KeySchedule;
  readonly confirmationTag: Uint8Array;
  readonly secretTree: SecretTree;
  /** SHA-256 of each commit that this device made in this epoch: it has thrown away the keys that would open it. */
  readonly ownCommits: readonly Bytes[];
}

export const toGroupState = (state: EpochState): GroupState => state as unknown as GroupState;
export const toEpochState = (state: GroupState): EpochState => state as unknown as EpochState;

const spent = new WeakSet<EpochState>();

/** @throws if the state was used before, or is in use: a second message from it would repeat a key */
export const lookAt = (group: GroupState): EpochState => {
  const state = toEpochState(group);
  if (spent.has(state)) throw new Error('this group state was used already: load it again');
  return state;
};

/**
 * Runs `task` on a state that nothing else can use meanwhile. It is spent if the answer names `successors`, even none
 * (this device left the group); without them it is as it was.
 */
export const spend = async <T>(
  group: GroupState,
  task: (state: EpochState) => Promise<{ readonly answer: T; readonly successors?: readonly EpochState[] }>,
): Promise<T> => {
  const state = lookAt(group);
  spent.add(state);
  try {
    const { answer, successors } = await task(state);
    if (successors === undefined) spent.delete(state);
    else forget(state, successors);
    return answer;
  } catch (error) {
    spent.delete(state);
    throw error;
  }
};

/** Overwrites what `state` knows and none of `survivors` needs. */
export const forget = (state: EpochState, survivors: readonly EpochState[]): void => {
  spent.add(state);
  const kept = new Set(survivors.flatMap(secretsOf));
  purge(...secretsOf(state).filter((secret) => !kept.has(secret)));
};

const secretsOf = (state: EpochState): readonly Uint8Array[] => [
  ...treeSecretsOf(state.secretTree),
  ...Object.values(state.keySchedule as unknown as Record<string, Uint8Array>),
  ...Object.values(state.privatePath.privateKeys),
];

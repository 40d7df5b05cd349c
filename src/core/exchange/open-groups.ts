import type { GroupId } from '../../domain/ids.ts';
import type { GroupState, MlsEngine } from '../../mls/engine.ts';
import type { GroupsRepository, StoredGroup } from '../../storage/repositories/groups-repository.ts';

/** A group with its ratchets in memory. */
export interface OpenGroup {
  readonly row: Omit<StoredGroup, 'hot' | 'engine' | 'engineVersion' | 'epoch'>;
  readonly state: GroupState;
}

/**
 * The groups of one step. A state is used once, so it is loaded when the step first needs it, replaced by each
 * operation, and written back in the step's transaction; if that fails, all of it is dropped and loaded anew.
 */
export interface OpenGroups {
  get(groupId: GroupId): OpenGroup | undefined;
  put(group: OpenGroup): void;
  /** Nothing more is opened or sealed in it, from this step on. Its rows go in the step's transaction. */
  close(groupId: GroupId): void;
  /** One group, within the step's transaction: once its conversation is stored, for rows that refer to it. */
  write(groupId: GroupId): void;
  /** All that changed, at the end of the step's transaction. */
  writeAll(): void;
}

/** Who wrote the state, for a later engine to tell. The stored bytes name engine and version themselves, too. */
const ENGINE = 'ts-mls';
const ENGINE_VERSION = 1;

export const createOpenGroups = (engine: () => MlsEngine, groups: GroupsRepository): OpenGroups => {
  const open = new Map<GroupId, OpenGroup>();
  const changed = new Set<GroupId>();
  const closed = new Set<GroupId>();
  /** Epoch of the cold part that stands in the database. */
  const storedEpochs = new Map<GroupId, number>();

  const write = (groupId: GroupId): void => {
    const group = open.get(groupId);
    if (group === undefined) return;
    const { hot, cold } = engine().store(group.state);
    const epoch = engine().epoch(group.state);
    groups.save({ ...group.row, engine: ENGINE, engineVersion: ENGINE_VERSION, epoch, hot });
    if (storedEpochs.get(groupId) !== epoch) groups.saveCold(groupId, cold);
    storedEpochs.set(groupId, epoch);
  };

  return {
    get(groupId) {
      if (closed.has(groupId)) return undefined;
      const known = open.get(groupId);
      if (known !== undefined) return known;
      const row = groups.read(groupId);
      const cold = groups.cold(groupId);
      if (row === undefined || cold === undefined) return undefined;
      const state = engine().load({ cold, hot: row.hot.slice() });
      if (!state.ok) throw new Error(`a stored group does not load: ${state.error.tag}`);
      const group = { row, state: state.value };
      open.set(groupId, group);
      storedEpochs.set(groupId, row.epoch);
      return group;
    },

    put(group) {
      open.set(group.row.groupId, group);
      changed.add(group.row.groupId);
    },

    close(groupId) {
      closed.add(groupId);
      open.delete(groupId);
      changed.delete(groupId);
    },

    write,
    writeAll: () => changed.forEach(write),
  };
};

/** What must be true once everybody has seen everything. */
import type { Device, World } from './device-model.ts';

export type Unrest = { readonly what: string; readonly isOutnumbered: boolean };

export const findUnrest = (world: World): Unrest | undefined => {
  const { group, devices } = world;
  const honest = devices.filter((device) => !device.isMalicious);
  const working = honest.filter(({ state }) => state === 'ok');
  const furthest = working.reduce((best, device) =>
    group.epoch(device.epoch).number > group.epoch(best.epoch).number ? device : best,
  );
  return (
    findSplit(world, honest, working, furthest) ??
    findDeadlock(world, honest, furthest) ??
    findLoss(world, honest) ??
    findGrowth(world, honest, furthest)
  );
};

const sees = (what: string): Unrest => ({ what, isOutnumbered: false });

const findSplit = (
  { group, devices }: World,
  honest: readonly Device[],
  working: readonly Device[],
  furthest: Device,
): Unrest | undefined => {
  const { members } = group.epoch(furthest.epoch);
  const maliciousMembers = devices.filter((device) => device.isMalicious && members.has(device.id)).length;
  for (const device of honest) {
    if (!members.has(device.id)) {
      if (device.state === 'ok') return sees('a removed device lives on another branch');
      continue;
    }
    if (device.state === 'broken') {
      const what = device.candidates.length > 0 ? 'a joiner cannot decide' : 'a broken device was not added again';
      return { what, isOutnumbered: maliciousMembers >= working.length };
    }
    if (device.state === 'ok' && device.epoch !== furthest.epoch) return sees('two epochs at the end');
  }
  return undefined;
};

const findDeadlock = (world: World, honest: readonly Device[], furthest: Device): Unrest | undefined => {
  if (!furthest.commit(world, [], [])) return sees('no commit is accepted');
  for (const device of honest) device.sync(world);
  if (honest.some(({ state, epoch }) => state === 'ok' && epoch !== furthest.epoch)) {
    return sees('a commit is not followed');
  }
  const { epoch, base, newestSeen } = furthest;
  const accepted = world.relay.message({
    by: furthest.id,
    base,
    head: newestSeen,
    capability: epoch,
    epoch,
    messageId: 'last',
  });
  return accepted === undefined ? sees('no message is accepted') : undefined;
};

const findLoss = ({ devices }: World, honest: readonly Device[]): Unrest | undefined => {
  for (const device of honest) {
    if (device.state !== 'ok') continue;
    for (const message of device.outgoing) {
      if (message.sequence === undefined) return sees('a message was never accepted');
      const isMissing = message.needs?.some((id) => {
        const other = devices[id];
        return other?.isMalicious === false && other.state === 'ok' && !other.received.has(message.id);
      });
      if (isMissing === true) return sees('a message was lost');
    }
  }
  return undefined;
};

/** In a group that is quiet for months, rows stay few, and the one that everybody stands on stays. */
const findGrowth = (world: World, honest: readonly Device[], furthest: Device): Unrest | undefined => {
  const { relay, devices } = world;
  relay.day += 91;
  for (const device of honest) device.sync(world);
  if (relay.rows.filter((row) => relay.isLive(row)).length > devices.length + 1) return sees('rows are not bounded');
  return relay.isLive(relay.row(furthest.base)) ? undefined : sees('the current row dies in a quiet group');
};

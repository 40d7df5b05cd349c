/** What members that break every rule can do to a group: commits that lie in six ways, and false acknowledgements. */
import type { Chance } from './chance.ts';
import type { Device, World } from './device-model.ts';

const KINDS = ['junk', 'row of its own', 'fails for some', 'wrong capability', 'fake Welcome', 'good'] as const;

export const commitBadly = (world: World, chance: Chance): string | undefined => {
  const { relay, group, devices } = world;
  const malicious = devices.filter((device) => device.isMalicious);
  const honest = devices.filter((device) => !device.isMalicious);
  const author = chance.pick(malicious);
  const reachable = group.epochs.flatMap((epoch, index) =>
    malicious.some(({ id }) => epoch.members.has(id)) ? [index] : [],
  );
  const anyEpoch = chance.pick(reachable);
  const rows = relay.rows.filter((row) => row.recipients.has(author.id) && relay.isLive(row));
  if (rows.length === 0) return undefined;
  const base = chance.pick(rows);
  const kind = chance.pick(KINDS);
  const parentEpoch = base.capability >= 0 ? base.capability : anyEpoch;
  const added = kind === 'fake Welcome' ? rejoiningHonest(world).slice(0, 1) : [];
  if (kind === 'fake Welcome' && added.length === 0) return undefined;

  const epoch = group.follow(parentEpoch, added, added);
  const failsFor = new Set(
    kind === 'fails for some' ? honest.filter(() => chance.happens(0.4)).map(({ id }) => id) : [],
  );
  if (failsFor.size === honest.length) failsFor.delete(0);
  const accepted = relay.commit({
    by: author.id,
    base: base.sequence,
    head: relay.newest,
    recipients: kind === 'row of its own' ? new Set([author.id]) : group.epoch(epoch).members,
    capability: kind === 'wrong capability' ? -5 - epoch : epoch,
    content: {
      isPublicOk: kind === 'fails for some' || kind === 'wrong capability' || kind === 'good',
      parentEpoch,
      epoch,
      failsFor,
      removed: added,
      added,
    },
  });
  if (accepted === undefined) return undefined;
  for (const device of malicious) if (chance.happens(0.7)) relay.acknowledge(device.id, accepted, 'applied');
  return `${author.id} commits (${kind}) on ${base.sequence} -> ${accepted.sequence}, fails for [${[...failsFor].join()}]`;
};

const rejoiningHonest = ({ relay, devices }: World): readonly number[] =>
  [...relay.rejoins.keys()].filter((id) => devices[id]?.isMalicious === false);

export const acknowledgeFalsely = (world: World, chance: Chance): string | undefined => {
  const author: Device = chance.pick(world.devices.filter((device) => device.isMalicious));
  const item = chance.pick(world.relay.log);
  if (item.kind !== 'commit') return undefined;
  const standing = chance.pick(['applied', 'skipped', 'broken'] as const);
  world.relay.acknowledge(author.id, item, standing);
  return `${author.id} says ${standing} of ${item.sequence}`;
};

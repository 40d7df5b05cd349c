/** One random walk: a storm of actions and faults, then calm, then everything must have come to rest. */
import { createChance, type Chance } from './chance.ts';
import { Device, type World } from './device-model.ts';
import { GroupModel } from './group-model.ts';
import { acknowledgeFalsely, commitBadly } from './malicious.ts';
import { RelayModel } from './relay-model.ts';
import { findUnrest } from './rest.ts';
import { RULES, type Rules } from './rules.ts';

export type Faults = {
  readonly malicious?: boolean;
  /** The relay keeps things back for a while. */
  readonly withholding?: boolean;
  /** Months pass while some are away. */
  readonly time?: boolean;
  /** The relay is restored from a backup. */
  readonly restore?: boolean;
};

export type Outcome =
  | { readonly tag: 'rest' }
  /** Nobody is left who could add anybody again: a new generation is needed. */
  | { readonly tag: 'all-broken' }
  | {
      readonly tag: 'violation';
      readonly what: string;
      /** Malicious members at least as many as unbroken honest ones: nothing is promised then. */
      readonly isOutnumbered: boolean;
      readonly trace: readonly string[];
    };

type Action = () => string | undefined;

export const walk = (seed: number, length: number, faults: Faults, rules: Rules = RULES): Outcome => {
  const chance = createChance(seed);
  const count = 2 + chance.below(5);
  const maliciousCount = faults.malicious === true ? (count >= 5 ? 1 + chance.below(2) : 1) : 0;
  const devices = Array.from({ length: count }, (_, id) => new Device(id, id >= count - maliciousCount));
  const members = devices.map(({ id }) => id);
  const world: World = {
    relay: new RelayModel(members, rules),
    group: new GroupModel(members),
    rules,
    devices,
    withheld: new Set(),
  };
  const honest = devices.filter((device) => !device.isMalicious);
  const trace: string[] = [];
  let wasWithheld = false;

  const violation = (what: string, isOutnumbered: boolean): Outcome => ({
    tag: 'violation',
    what,
    isOutnumbered,
    trace,
  });
  const isOutnumbered = (): boolean =>
    maliciousCount > 1 && maliciousCount * 2 >= honest.filter(({ state }) => state === 'ok').length;

  const actions = createActions(world, chance, faults, () => (wasWithheld = true));
  for (let step = 0; step < length; step += 1) {
    const done = chance.pick(actions)();
    if (done !== undefined) trace.push(done);
    // Members that were shown different things may differ until they have seen everything.
    if (!wasWithheld && isForked(world, honest)) return violation('fork', isOutnumbered());
  }

  world.withheld.clear();
  trace.push('calm');
  const isAnyOk = (): boolean => honest.some(({ state }) => state === 'ok');
  if (!isAnyOk()) return { tag: 'all-broken' };
  for (let round = 0; round < 40; round += 1) {
    if (round === 1) world.relay.day += 1;
    if (round === 25) resendLost(world, honest);
    for (const device of honest) calmTurn(world, device);
    if (round > 2 && isForked(world, honest)) return violation('fork', isOutnumbered());
  }
  if (!isAnyOk()) return { tag: 'all-broken' };
  const unrest = findUnrest(world);
  return unrest === undefined ? { tag: 'rest' } : violation(unrest.what, isOutnumbered() || unrest.isOutnumbered);
};

const createActions = (world: World, chance: Chance, faults: Faults, onWithhold: () => void): readonly Action[] => {
  const { relay, group, devices, withheld } = world;
  const honest = devices.filter((device) => !device.isMalicious);
  const everyone = devices.map(({ id }) => id);
  let messages = 0;

  const actions: Action[] = [
    () => {
      const device = chance.pick(honest);
      device.sync(world);
      return `${device.id} syncs`;
    },
    () => {
      const device = chance.pick(honest);
      device.outgoing.push({ id: `${device.id}.${messages++}`, needs: undefined, sequence: undefined });
      device.trySend(world);
      return `${device.id} sends`;
    },
    () => {
      const device = chance.pick(honest);
      return `${device.id} updates: ${String(device.commit(world, [], []))}`;
    },
    () => {
      const device = chance.pick(honest);
      const { members } = group.epoch(device.epoch);
      const others = devices.filter((other) => other !== device && members.has(other.id));
      if (others.length === 0 || members.size < 3) return undefined;
      const villain = others.find((other) => other.isMalicious);
      const removed = villain !== undefined && chance.happens(0.7) ? villain : chance.pick(others);
      return `${device.id} removes ${removed.id}: ${String(device.commit(world, [removed.id], []))}`;
    },
    () => {
      const device = chance.pick(honest);
      device.sync(world);
      device.serveRejoins(world);
      return `${device.id} serves`;
    },
  ];
  if (faults.malicious === true) {
    const bad: Action = () => commitBadly(world, chance);
    actions.push(bad, bad, bad, () => acknowledgeFalsely(world, chance));
  }
  if (faults.withholding === true) {
    actions.push(() => {
      onWithhold();
      const device = chance.pick(honest);
      const item = chance.pick(relay.log);
      if (device.handled.has(item.sequence)) return undefined;
      withheld.add(`${device.id}:${item.sequence}`);
      return `the relay keeps ${item.sequence} from ${device.id}`;
    });
  }
  if (faults.time === true) {
    actions.push(() => {
      relay.day += 91;
      const losers = relay.expire(
        (member, item) => devices[member]?.handled.has(item.sequence) === false,
        honest.map(({ id }) => id),
      );
      for (const device of honest) if (losers.has(device.id) && device.state === 'ok') device.break();
      return '91 days pass';
    });
  }
  if (faults.restore === true) {
    actions.push(
      () => {
        relay.backUp();
        return 'backup';
      },
      () => {
        if (!relay.restore(everyone)) return undefined;
        for (const device of honest) forgetLost(world, device);
        return 'the relay is restored';
      },
    );
  }
  return actions;
};

/** A message that the relay lost is not sent any more; without re-offering, clients start from what the relay has. */
const forgetLost = ({ relay, rules }: World, device: Device): void => {
  const present = new Set(relay.log.map(({ sequence }) => sequence));
  for (const message of device.outgoing) {
    if (message.sequence !== undefined && !present.has(message.sequence)) message.sequence = undefined;
  }
  if (rules.reoffer) return;
  for (const sequence of device.handled) if (!present.has(sequence)) device.handled.delete(sequence);
  device.newestSeen = Math.min(device.newestSeen, relay.newest);
};

const isForked = ({ group }: World, honest: readonly Device[]): boolean => {
  const byNumber = new Map<number, number>();
  for (const { state, epoch } of honest) {
    if (state !== 'ok') continue;
    const { number } = group.epoch(epoch);
    const other = byNumber.get(number);
    if (other !== undefined && other !== epoch) return true;
    byNumber.set(number, epoch);
  }
  return false;
};

const calmTurn = (world: World, device: Device): void => {
  const { relay, rules } = world;
  device.sync(world);
  if (rules.reoffer && device.state === 'ok') device.newestSeen = relay.newest;
  device.serveRejoins(world);
  device.trySend(world);
  const base = relay.row(device.base);
  const isCapabilityWrong = base !== undefined && base.capability !== device.epoch;
  if (device.state === 'ok' && isCapabilityWrong) device.commit(world, [], []);
};

/** Without a receipt, a message is sealed again (docs/protocol/payload.md). */
const resendLost = ({ group, devices }: World, honest: readonly Device[]): void => {
  for (const device of honest) {
    if (device.state !== 'ok') continue;
    const { members } = group.epoch(device.epoch);
    for (const message of device.outgoing) {
      const isMissing = message.needs?.some((id) => {
        const other = devices[id];
        return (
          other?.isMalicious === false && other.state === 'ok' && !other.received.has(message.id) && members.has(id)
        );
      });
      if (isMissing === true) message.sequence = undefined;
    }
  }
};

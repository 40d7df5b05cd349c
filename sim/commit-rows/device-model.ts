/** A member's device: what it does with what it is given (docs/protocol/groups.md, "Standing"). */
import type { GroupModel } from './group-model.ts';
import type { Item, RelayModel, Standing } from './relay-model.ts';
import type { Rules } from './rules.ts';

export type Outgoing = {
  readonly id: string;
  /** Who was a member when it was first accepted. */
  needs: readonly number[] | undefined;
  sequence: number | undefined;
};

export type World = {
  readonly relay: RelayModel;
  readonly group: GroupModel;
  readonly rules: Rules;
  readonly devices: readonly Device[];
  /** `device:sequence` that a malicious relay keeps back. */
  readonly withheld: Set<string>;
};

export class Device {
  readonly id: number;
  readonly isMalicious: boolean;
  state: 'ok' | 'broken' | 'out' = 'ok';
  epoch = 0;
  base = 0;
  newestSeen = 0;
  leaf: number | undefined;
  readonly outgoing: Outgoing[] = [];
  readonly received = new Set<string>();
  readonly distrusts = new Set<number>();
  readonly handled = new Set<number>([0]);
  candidates: Item[] = [];
  #known = new Set<number>([0]);
  #asks = false;
  /** The commits that it was shown, for a relay that loses them. */
  #shown: Item[] = [];
  #incarnation = 0;
  #previousBase = -1;
  #incarnationOfBase = -1;

  constructor(id: number, isMalicious: boolean) {
    this.id = id;
    this.isMalicious = isMalicious;
  }

  sync(world: World): void {
    const { relay, rules } = world;
    if (this.isMalicious) return;
    relay.report(this.id);
    if (this.#incarnation !== relay.incarnation && rules.reoffer) this.#reoffer(relay);
    this.#incarnation = relay.incarnation;
    for (const item of [...relay.log]) {
      if (!item.to.has(this.id) || this.handled.has(item.sequence)) continue;
      if (world.withheld.has(`${this.id}:${item.sequence}`)) continue;
      if (!this.#handle(world, item)) break;
    }
    for (const candidate of this.candidates) {
      if (this.state === 'ok') break;
      if (this.#isChosenByMost(world, candidate)) this.#join(world, candidate);
    }
    if (this.state === 'broken' && this.#asks) relay.rejoins.set(this.id, relay.liveRecipients());
  }

  commit(world: World, removed: readonly number[], added: readonly number[]): boolean {
    if (this.state !== 'ok') return false;
    const { group, relay } = world;
    const epoch = group.follow(this.epoch, removed, added);
    const accepted = relay.commit({
      by: this.id,
      base: this.base,
      head: this.newestSeen,
      recipients: group.epoch(epoch).members,
      capability: epoch,
      content: { isPublicOk: true, parentEpoch: this.epoch, epoch, failsFor: new Set(), removed, added },
    });
    if (accepted === undefined) return false;
    this.sync(world);
    return true;
  }

  /** Adds again whoever asked for it, one at a time. */
  serveRejoins(world: World): void {
    if (this.state !== 'ok') return;
    for (const [asking, told] of world.relay.rejoins) {
      if (!told.has(this.id) || asking === this.id || world.devices[asking]?.state !== 'broken') continue;
      const { members, leaves } = world.group.epoch(this.epoch);
      // The statement names the leaf that is to go: once it is gone, it means nothing more.
      if (!members.has(asking) || leaves.get(asking) !== world.devices[asking].leaf) continue;
      if (this.commit(world, [asking], [asking])) return;
    }
  }

  trySend({ relay, group }: World): void {
    if (this.isMalicious || this.state !== 'ok') return;
    for (const message of this.outgoing) {
      if (message.sequence !== undefined) continue;
      const accepted = relay.message({
        by: this.id,
        base: this.base,
        head: this.newestSeen,
        capability: this.epoch,
        epoch: this.epoch,
        messageId: message.id,
      });
      if (accepted === undefined) continue;
      message.sequence = accepted.sequence;
      message.needs ??= [...group.epoch(this.epoch).members].filter((member) => member !== this.id);
    }
  }

  /** Something it needed is gone: it stops, says so, and asks to be added again. */
  break(): void {
    this.state = 'broken';
    this.#asks = true;
  }

  /** False: held until more is known. */
  #handle(world: World, item: Item): boolean {
    const { relay, group, rules } = world;
    if (item.kind === 'message') {
      const isMember = group.epoch(this.epoch).members.has(item.by);
      const isOfThisEpoch = item.epoch === this.epoch && item.base === this.base;
      if (this.state === 'ok' && isOfThisEpoch && isMember && item.by !== this.id) this.received.add(item.messageId);
      this.handled.add(item.sequence);
      return true;
    }
    const isBaseUnknown = item.base > this.base && !this.#known.has(item.base);
    const isHeadUnknown = item.head > this.base && !this.#known.has(item.head);
    if (this.state === 'ok' && rules.hold && (isBaseUnknown || isHeadUnknown)) return false;
    this.handled.add(item.sequence);
    this.#known.add(item.sequence);
    this.newestSeen = Math.max(this.newestSeen, item.sequence);
    if (this.state === 'broken' && item.content.added.includes(this.id)) {
      if (rules.provisional) this.candidates.push(item);
      else this.#join(world, item);
      return true;
    }
    relay.acknowledge(this.id, item, this.#judge(world, item));
    return true;
  }

  #judge({ group, rules }: World, item: Item & { readonly kind: 'commit' }): Standing {
    const { content } = item;
    if (this.state !== 'ok') return this.state === 'broken' ? 'broken' : 'skipped';
    // On one base the row of the older incarnation wins.
    if (rules.reoffer && item.incarnation < this.#incarnationOfBase && item.base === this.#previousBase) {
      this.break();
      return 'broken';
    }
    this.#shown.push(item);
    const isMember = group.epoch(this.epoch).members.has(item.by);
    const isHere = item.base === this.base && content.parentEpoch === this.epoch;
    if (!content.isPublicOk || !isHere || !isMember) return 'skipped';
    if (content.failsFor.has(this.id)) {
      this.distrusts.add(item.by);
      this.break();
      return 'broken';
    }
    if (content.removed.includes(this.id)) {
      this.state = 'out';
      return 'applied';
    }
    this.#stand(item);
    return 'applied';
  }

  #stand(item: Item & { readonly kind: 'commit' }): void {
    this.#previousBase = item.base;
    this.#incarnationOfBase = item.incarnation;
    this.epoch = item.content.epoch;
    this.base = item.sequence;
  }

  #join({ relay, group }: World, item: Item): void {
    if (item.kind !== 'commit') return;
    this.state = 'ok';
    this.#asks = false;
    this.#stand(item);
    this.leaf = group.epoch(this.epoch).leaves.get(this.id);
    this.newestSeen = item.sequence;
    this.candidates = [];
    relay.acknowledge(this.id, item, 'applied');
    // It follows the group from here: what came before is over, what came after is still to be judged.
    this.#known = new Set();
    for (const { sequence } of relay.log) {
      if (sequence <= item.sequence) this.#known.add(sequence);
      if (sequence < item.sequence) this.handled.add(sequence);
      if (sequence > item.sequence) this.handled.delete(sequence);
    }
  }

  /** More than half of the others who could know stand at this commit or after it. */
  #isChosenByMost({ relay, group, devices }: World, item: Item): boolean {
    if (item.kind !== 'commit' || this.distrusts.has(item.by)) return false;
    const others = [...group.epoch(item.content.epoch).members].filter(
      (member) => member !== this.id && !this.distrusts.has(member) && devices[member]?.state !== 'broken',
    );
    const standing = others.filter((member) => standsAtOrAfter(relay, member, item.sequence));
    return standing.length * 2 > others.length;
  }

  #reoffer(relay: RelayModel): void {
    for (const item of this.#shown) relay.takeBack(item);
    if (this.state === 'ok') relay.pin(this.id, this.base);
  }
}

const standsAtOrAfter = (relay: RelayModel, member: number, sequence: number): boolean => {
  for (let at = relay.pinOf(member); at !== undefined && at >= sequence; at = relay.row(at)?.base) {
    if (at === sequence) return true;
  }
  return false;
};

/**
 * What the relay does with commits and messages of one group, and nothing else: no bytes, no signatures. The store of
 * relay/store must decide the same (relay/store/model.test.ts).
 */
import { RULES, UNPINNED_ROW_DAYS, type Rules } from './rules.ts';

export type Standing = 'stored' | 'applied' | 'skipped' | 'broken';

export type Row = {
  readonly sequence: number;
  readonly base: number;
  readonly capability: number;
  readonly recipients: ReadonlySet<number>;
  readonly day: number;
};

/** What members read out of a commit; the relay carries it without looking. */
export type CommitContent = {
  /** Whether the public check passes (groups.md, "Standing"). */
  readonly isPublicOk: boolean;
  readonly parentEpoch: number;
  readonly epoch: number;
  /** For whom the path secret does not open. */
  readonly failsFor: ReadonlySet<number>;
  readonly removed: readonly number[];
  readonly added: readonly number[];
};

export type Item = {
  readonly sequence: number;
  readonly base: number;
  readonly by: number;
  readonly head: number;
  /** Still to be delivered to, or delivered. */
  readonly to: Set<number>;
  readonly standings: Map<number, Standing>;
  readonly incarnation: number;
} & (
  | { readonly kind: 'commit'; readonly content: CommitContent; readonly row: Row }
  | { readonly kind: 'message'; readonly epoch: number; readonly messageId: string }
);

export type CommitRequest = {
  readonly by: number;
  readonly base: number;
  readonly head: number;
  readonly recipients: ReadonlySet<number>;
  readonly capability: number;
  readonly content: CommitContent;
};
export type MessageRequest = {
  readonly by: number;
  readonly base: number;
  readonly head: number;
  readonly capability: number;
  readonly epoch: number;
  readonly messageId: string;
};

type State = {
  log: Item[];
  rows: Map<number, Row>;
  newest: number;
  next: number;
  incarnation: number;
  pins: Map<number, number>;
};

const NO_CONTENT: CommitContent = {
  isPublicOk: true,
  parentEpoch: -1,
  epoch: 0,
  failsFor: new Set(),
  removed: [],
  added: [],
};

export class RelayModel {
  readonly #rules: Rules;
  #state: State;
  #backup: State;
  /** Who has to report before handshakes are taken again after a restore; and until which day at most. */
  #frozen = { waitingFor: new Set<number>(), untilDay: 0 };
  /** Who asked to be added again, and which mailboxes were told. */
  rejoins = new Map<number, ReadonlySet<number>>();
  day = 0;

  /** Row 0 is the group as it was created: its recipients stand on it and have nothing to acknowledge. */
  constructor(members: readonly number[], rules: Rules = RULES) {
    this.#rules = rules;
    const row: Row = { sequence: 0, base: -1, capability: 0, recipients: new Set(members), day: 0 };
    const created: Item = {
      kind: 'commit',
      sequence: 0,
      base: -1,
      by: -1,
      head: -1,
      to: new Set(members),
      standings: new Map(members.map((member) => [member, 'applied'])),
      incarnation: 0,
      content: NO_CONTENT,
      row,
    };
    this.#state = {
      log: [created],
      rows: new Map([[0, row]]),
      newest: 0,
      next: 1,
      incarnation: 0,
      pins: new Map(members.map((member) => [member, 0])),
    };
    this.#backup = copyState(this.#state);
  }

  get newest(): number {
    return this.#state.newest;
  }
  get incarnation(): number {
    return this.#state.incarnation;
  }
  /** In relay order. */
  get log(): readonly Item[] {
    return this.#state.log;
  }
  get rows(): readonly Row[] {
    return [...this.#state.rows.values()];
  }
  row(sequence: number): Row | undefined {
    return this.#state.rows.get(sequence);
  }
  pinOf(member: number): number | undefined {
    return this.#state.pins.get(member);
  }

  isLive(row: Row | undefined): boolean {
    if (row === undefined) return false;
    const isPinned = [...row.recipients].some((member) => this.#state.pins.get(member) === row.sequence);
    if (this.#rules.pins && isPinned) return true;
    const item = this.#state.log.find(({ sequence }) => sequence === row.sequence);
    const isAwaited = [...row.recipients].some((member) => item?.standings.has(member) !== true);
    return this.day - row.day < UNPINNED_ROW_DAYS && isAwaited;
  }

  liveRecipients(): Set<number> {
    return new Set(this.rows.filter((row) => this.isLive(row)).flatMap((row) => [...row.recipients]));
  }

  /** The item, if it was accepted. */
  commit(request: CommitRequest): Item | undefined {
    const base = this.row(request.base);
    if (this.#isFrozen() || request.head !== this.newest || !this.isLive(base)) return undefined;
    if (base?.recipients.has(request.by) !== true) return undefined;
    const sequence = this.#state.next;
    const row: Row = {
      sequence,
      base: request.base,
      capability: request.capability,
      recipients: request.recipients,
      day: this.day,
    };
    const item: Item = {
      kind: 'commit',
      sequence,
      base: request.base,
      by: request.by,
      head: request.head,
      to: new Set([...this.liveRecipients(), ...request.recipients]),
      standings: new Map(),
      incarnation: this.incarnation,
      content: request.content,
      row,
    };
    this.#state.next += 1;
    this.#state.log.push(item);
    this.#state.rows.set(sequence, row);
    this.#state.newest = sequence;
    return item;
  }

  message(request: MessageRequest): Item | undefined {
    const base = this.row(request.base);
    if (base?.capability !== request.capability) return undefined;
    const isInPlace = this.#rules.messagesNameHead
      ? request.head === this.newest && this.isLive(base)
      : request.base === this.newest;
    if (!isInPlace) return undefined;
    const item: Item = {
      kind: 'message',
      sequence: this.#state.next,
      base: request.base,
      by: request.by,
      head: request.head,
      to: new Set(base.recipients),
      standings: new Map(),
      incarnation: this.incarnation,
      epoch: request.epoch,
      messageId: request.messageId,
    };
    this.#state.next += 1;
    this.#state.log.push(item);
    return item;
  }

  acknowledge(member: number, item: Item, standing: Standing): void {
    item.standings.set(member, standing);
    if (standing === 'applied') this.#state.pins.set(member, item.sequence);
  }

  /** Bodies go after 90 days. Answers whose commits went. */
  expire(isUndelivered: (member: number, item: Item) => boolean, members: readonly number[]): Set<number> {
    const losers = new Set<number>();
    for (const item of this.#state.log) {
      const isSeen = [...item.standings.keys()].some((member) => member !== item.by);
      if (this.#rules.keepUnseen && item.kind === 'commit' && !isSeen) continue;
      for (const member of members) {
        if (!item.to.has(member) || !isUndelivered(member, item)) continue;
        item.to.delete(member);
        if (item.kind === 'commit') losers.add(member);
      }
    }
    return losers;
  }

  backUp(): void {
    this.#backup = copyState(this.#state);
  }

  /** Back to the last backup, in a new incarnation and with sequences that were never given before. */
  restore(members: readonly number[]): boolean {
    if (this.newest === this.#backup.newest) return false;
    const { next, incarnation } = this.#state;
    this.#state = copyState(this.#backup);
    this.#state.next = this.#rules.reoffer ? next + 1_000 : this.#state.next;
    this.#state.incarnation = incarnation + 1;
    this.rejoins = new Map();
    this.#frozen = { waitingFor: new Set(members), untilDay: this.day + 1 };
    return true;
  }

  report(member: number): void {
    this.#frozen.waitingFor.delete(member);
  }

  /** A device brings back a commit that the relay signed and lost. */
  takeBack(item: Item): void {
    if (item.kind !== 'commit' || this.#state.log.some(({ sequence }) => sequence === item.sequence)) return;
    this.#state.log.push(item);
    this.#state.log.sort((left, right) => left.sequence - right.sequence);
    this.#state.rows.set(item.sequence, { ...item.row, day: this.day });
    this.#state.newest = Math.max(this.#state.newest, item.sequence);
  }

  pin(member: number, sequence: number): void {
    if (this.#state.rows.has(sequence)) this.#state.pins.set(member, sequence);
  }

  #isFrozen(): boolean {
    return this.#rules.freeze && this.#frozen.waitingFor.size > 0 && this.day < this.#frozen.untilDay;
  }
}

/** Standings are part of a backup; who was reached is not undone, because members keep what they were given. */
const copyState = (state: State): State => ({
  ...state,
  log: state.log.map((item) => ({ ...item, standings: new Map(item.standings) })),
  rows: new Map(state.rows),
  pins: new Map(state.pins),
});

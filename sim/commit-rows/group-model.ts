/** MLS as far as it matters here: epochs that follow each other, and who is a member in which. */
export type Epoch = {
  /** The MLS epoch number; two epochs of one number are a fork. */
  readonly number: number;
  readonly members: ReadonlySet<number>;
  /** Which epoch gave each member its leaf; members from the start have none. */
  readonly leaves: ReadonlyMap<number, number>;
};

export class GroupModel {
  readonly epochs: Epoch[] = [];

  constructor(members: readonly number[]) {
    this.epochs.push({ number: 0, members: new Set(members), leaves: new Map() });
  }

  epoch(index: number): Epoch {
    const epoch = this.epochs[index];
    if (epoch === undefined) throw new RangeError(`no epoch ${index}`);
    return epoch;
  }

  /** Answers the index of the epoch that a commit in `parent` makes. */
  follow(parent: number, removed: readonly number[], added: readonly number[]): number {
    const before = this.epoch(parent);
    const index = this.epochs.length;
    const members = new Set(before.members);
    for (const member of removed) members.delete(member);
    for (const member of added) members.add(member);
    const leaves = new Map([...before.leaves, ...added.map((member): [number, number] => [member, index])]);
    this.epochs.push({ number: before.number + 1, members, leaves });
    return index;
  }
}

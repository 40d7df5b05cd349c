/**
 * What becomes of one item of the mailbox (docs/protocol/sync.md, "Inbox"). Pure rules over the header and where this
 * device stands in the group; nothing here looks inside.
 */
import type { InboxItem } from '../wire/relay-api.ts';
import type { EnvelopeHeader } from '../wire/envelope.ts';

/** Where this device stands in a group. */
export type GroupStanding = {
  /** `requested`: a Welcome of somebody unknown is kept and was not joined. `broken`: a commit could not be applied. */
  readonly phase: 'joined' | 'requested' | 'broken';
  /** Sequence of the last commit applied here. */
  readonly base: number;
  /** The highest sequence that this device knows of. */
  readonly newest: number;
};

/** Sequences follow each other; only a relay that was put back from a backup skips some (docs/protocol/groups.md). */
export const MAX_JUMP = 2 ** 20;
const MAX_SEQUENCE = 2 ** 48 - 1;
/** Where a group is entered; what follows has its place above that. */
export const MAX_FIRST_SEQUENCE = 2 ** 40;
/** Positions of a mailbox are given one by one, also to what is over by the time that it is fetched. */
const MAX_CURSOR_JUMP = 2 ** 32;

/**
 * Whether an honest relay can give this number.
 * @param newest the highest known in the group; undefined where this device does not stand in it yet
 */
export const isPlausibleSequence = (sequence: number, newest: number | undefined): boolean =>
  sequence <= (newest === undefined ? MAX_FIRST_SEQUENCE : Math.min(newest + MAX_JUMP, MAX_SEQUENCE));

/**
 * The position after which the next page begins; undefined where this page moved on by nothing. One that is far ahead is
 * not believed: a device that did would be deaf for good.
 */
export const nextCursor = (items: readonly Pick<InboxItem, 'cursor'>[], after: number): number | undefined => {
  const believed = items.map(({ cursor }) => cursor).filter((one) => one > after && one <= after + MAX_CURSOR_JUMP);
  return believed.length === 0 ? undefined : Math.max(...believed);
};

export type InboxStep =
  /** Mine: it came back because the relay is not told who sends. */
  | 'own'
  | 'welcome'
  | 'judge'
  | 'open'
  /** Its base is not applied here yet, or the group is not joined: kept sealed. */
  | 'hold'
  /** Its base was over when the relay took it, or it is known already: refused. */
  | 'stale'
  /** Nothing of this group was ever accepted here. */
  | 'stranger'
  /** A number that no honest relay gives: believed, it would put everything after it out of place. */
  | 'implausible';

export const stepFor = (
  item: Pick<InboxItem, 'sequence'>,
  header: Pick<EnvelopeHeader, 'class' | 'base'>,
  group: GroupStanding | undefined,
  isOwn: boolean,
): InboxStep => {
  const isJoined = group !== undefined && group.phase !== 'requested';
  if (!isPlausibleSequence(item.sequence, isJoined ? group.newest : undefined)) return 'implausible';
  if (isOwn) return 'own';
  if (header.class === 'welcome') return 'welcome';
  if (group === undefined) return 'stranger';
  if (group.phase !== 'joined') return 'hold';
  // A commit or message is taken only after everything that it builds on; it is valid only on the newest of that.
  if (header.base > group.base) return 'hold';
  if (header.base < group.base || item.sequence <= group.base) return 'stale';
  switch (header.class) {
    case 'handshake':
      return 'judge';
    case 'message':
    case 'receipt':
      return 'open';
    case 'ephemeral':
      return 'stale';
  }
};

/** Per group in the relay's order; groups in the order in which they first appear. */
export const inRelayOrder = <Item extends Pick<InboxItem, 'groupId' | 'sequence' | 'cursor'>>(
  items: readonly Item[],
): readonly Item[] => {
  const byGroup = new Map<string, Item[]>();
  for (const item of items) {
    const group = byGroup.get(item.groupId);
    if (group === undefined) byGroup.set(item.groupId, [item]);
    else group.push(item);
  }
  // A commit and its Welcome share a sequence; the cursor keeps the order in which they were delivered.
  return [...byGroup.values()].flatMap((group) =>
    group.sort((left, right) => left.sequence - right.sequence || left.cursor - right.cursor),
  );
};

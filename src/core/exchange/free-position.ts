import type { ConversationId } from '../../domain/ids.ts';
import type { TimelinePosition } from '../../domain/timeline-position.ts';
import type { GroupsRepository } from '../../storage/repositories/groups-repository.ts';
import type { TimelineRepository } from '../../storage/repositories/timeline-repository.ts';

type Placed = Extract<TimelinePosition, { readonly sequence: number }>;
type Rows = {
  readonly timeline: Pick<TimelineRepository, 'after' | 'before'>;
  readonly groups: Pick<GroupsRepository, 'countOf'>;
};

/** What comes so late among two groups that it belongs before more than these stands by its number alone. */
const LOOK_BACK = 64;

/**
 * Where a message that the relay numbered stands: at its number. Only where two people opened a conversation at the same
 * moment do two groups of one generation count side by side, and each says something for a while before both settle on
 * one. There the relay's clock says what came first, or what is written in the one group would stand among, and above,
 * what was read in the other; and who finds a place taken has the next one.
 */
export const freePosition = (
  rows: Rows,
  conversationId: ConversationId,
  numbered: Placed & { readonly relayAtMs: number },
): Placed => {
  const { generation } = numbered;
  const isAlone = rows.groups.countOf(conversationId, generation) <= 1;
  const earliest = isAlone ? 0 : afterEarlier(rows, conversationId, numbered);
  return firstFree(rows, conversationId, { generation, sequence: Math.max(numbered.sequence, earliest) });
};

/** Behind the last one that the relay took before this one. */
const afterEarlier = (
  { timeline }: Rows,
  conversationId: ConversationId,
  { generation, relayAtMs }: { readonly generation: number; readonly relayAtMs: number },
): number => {
  const { messages } = timeline.before(conversationId, { generation: generation + 1, sequence: 0 }, LOOK_BACK);
  const earlier = messages.findLast((message) => (message.relayAtMs ?? Infinity) <= relayAtMs)?.position;
  return earlier !== undefined && 'sequence' in earlier && earlier.generation === generation ? earlier.sequence + 1 : 0;
};

const firstFree = ({ timeline }: Rows, conversationId: ConversationId, { generation, sequence }: Placed): Placed => {
  for (let free = sequence; ; free += 1) {
    const next = timeline.after(conversationId, { generation, sequence: free - 1 }, 1).messages[0]?.position;
    const isTaken =
      next !== undefined && !('pending' in next) && next.generation === generation && next.sequence === free;
    if (!isTaken) return { generation, sequence: free };
  }
};

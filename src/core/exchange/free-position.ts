import type { ConversationId } from '../../domain/ids.ts';
import type { TimelinePosition } from '../../domain/timeline-position.ts';
import type { TimelineRepository } from '../../storage/repositories/timeline-repository.ts';

type Placed = Extract<TimelinePosition, { readonly sequence: number }>;

/**
 * The first free position from `wanted` on. Only where two people opened a conversation at the same moment do two groups
 * of one generation count their sequences side by side; the order within each group is kept.
 */
export const freePosition = (
  timeline: Pick<TimelineRepository, 'after'>,
  conversationId: ConversationId,
  wanted: Placed,
): Placed => {
  let { sequence } = wanted;
  for (;;) {
    const before = { generation: wanted.generation, sequence: sequence - 1 };
    const next = timeline.after(conversationId, before, 1).messages[0]?.position;
    const isTaken =
      next !== undefined && !('pending' in next) && next.generation === wanted.generation && next.sequence === sequence;
    if (!isTaken) return { generation: wanted.generation, sequence };
    sequence += 1;
  }
};

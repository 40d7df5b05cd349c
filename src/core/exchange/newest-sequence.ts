import type { TimelineRepository } from '../../storage/repositories/timeline-repository.ts';
import type { StoredGroup } from '../../storage/repositories/groups-repository.ts';

/** The highest sequence known in a group: of the commit rows, and of the messages that stand here. */
export const newestSequence = (
  timeline: Pick<TimelineRepository, 'before'>,
  { conversationId, generation, head }: Pick<StoredGroup, 'conversationId' | 'generation' | 'head'>,
): number => {
  const end = { generation, sequence: Number.MAX_SAFE_INTEGER };
  const position = timeline.before(conversationId, end, 1).messages[0]?.position;
  const isPlaced = position !== undefined && !('pending' in position) && position.generation === generation;
  return isPlaced ? Math.max(head, position.sequence) : head;
};

import type { ConversationId } from '../../domain/ids.ts';
import type { StoredGroup } from '../../storage/repositories/groups-repository.ts';
import type { StepScope } from './step-scope.ts';

/**
 * Groups of a conversation that the next generation takes the place of (docs/protocol/groups.md, "Generations"). Their
 * ratchets go; what nobody confirmed is sealed anew in the new group, under the same message ids.
 */
export const endGroups = (
  { context: { rows, changes }, groups, later }: StepScope,
  conversationId: ConversationId,
  ended: readonly Pick<StoredGroup, 'groupId'>[],
): void => {
  for (const { groupId } of ended) groups.close(groupId);
  later(() => {
    for (const item of rows.outbox.due(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)) {
      // An opening of ours that nobody answered: theirs stands.
      if (item.conversationId === conversationId && item.class === 'handshake') rows.outbox.remove(item.id);
    }
    rows.outbox.unsealConversation(conversationId);
    for (const { groupId } of ended) {
      rows.held.releaseGroup(groupId);
      rows.groups.remove(groupId);
    }
    changes.waiting();
  });
};

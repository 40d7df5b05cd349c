import type { ConversationId } from '../../domain/ids.ts';
import type { GroupsRepository, StoredGroup } from '../../storage/repositories/groups-repository.ts';

type Groups = Pick<GroupsRepository, 'ofConversation' | 'sender'>;

/**
 * The group that messages go to. Two people may open one conversation at the same moment; both then stand in both
 * groups and read both. Of the newest generation, a group in which the other side is known to stand goes before one
 * that only we speak of: what we opened may have been declined over there. Then the smaller id. Each side joined the
 * other's group and says so in it, so both come to know the same and to the same choice (docs/protocol/sync.md).
 */
export const activeGroup = (groups: Groups, conversationId: ConversationId): StoredGroup | undefined => {
  const standing = groups.ofConversation(conversationId).filter((group) => group.standing === 'active');
  const newest = standing.filter((group) => group.generation === standing[0]?.generation);
  const rank = (group: StoredGroup): string => `${isPeerThere(groups, group) ? 0 : 1}${group.groupId}`;
  return newest.sort((left, right) => (rank(left) < rank(right) ? -1 : 1))[0];
};

/**
 * They opened it or were heard in it: `join` notes whoever sent the Welcome as a sender. Direct conversations: the
 * other side is one of the two first leaves, whichever is not ours.
 */
const isPeerThere = (groups: Groups, { groupId }: StoredGroup): boolean =>
  groups.sender(groupId, 0) !== undefined || groups.sender(groupId, 1) !== undefined;

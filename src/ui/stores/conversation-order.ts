import type { ConversationSummary } from '../../rpc/dto.ts';

/** Newest first; two that moved in the same millisecond keep one order everywhere. */
const byRecency = (a: ConversationSummary, b: ConversationSummary): number =>
  b.sortAtMs - a.sortAtMs || (a.conversationId < b.conversationId ? -1 : 1);

/** Takes `changed` into a sorted list: replaces what is known, adds what belongs, removes what no longer does. */
export const mergeConversations = (
  list: readonly ConversationSummary[],
  changed: readonly ConversationSummary[],
  belongs: (conversation: ConversationSummary) => boolean,
): readonly ConversationSummary[] => {
  if (changed.length === 0) return list;
  const changedIds = new Set(changed.map((conversation) => conversation.conversationId));
  const untouched = list.filter((conversation) => !changedIds.has(conversation.conversationId));
  return [...untouched, ...changed.filter(belongs)].sort(byRecency);
};

/** The neighbour of a conversation in the list, `step` rows away; the first or last row when there is none. */
export const neighbourOf = (
  list: readonly ConversationSummary[],
  current: string | undefined,
  step: 1 | -1,
): ConversationSummary | undefined => {
  const index = list.findIndex((conversation) => conversation.conversationId === current);
  if (index < 0) return step === 1 ? list[0] : list.at(-1);
  return list[Math.min(list.length - 1, Math.max(0, index + step))];
};

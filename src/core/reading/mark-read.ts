import { encodePosition } from '../../domain/timeline-position.ts';
import type { SessionApi } from '../../rpc/core-api.ts';
import { commitChange } from '../context.ts';
import { parsePosition } from './parse-position.ts';
import type { ReadingDeps } from './reading-deps.ts';

/** Stands behind every message that the relay has numbered, and before every own one that it has not. */
const FIRST_PENDING = { pending: 0 };

/**
 * Everything up to `upTo` was seen. The mark never goes beyond the newest message that the relay has numbered: behind
 * an own message that still waits, everything that comes in later would count as read.
 */
export const markRead = async (
  deps: Pick<ReadingDeps, 'db' | 'rows' | 'changes'>,
  { conversationId, upTo }: Parameters<SessionApi['markRead']>[0],
): Promise<void> => {
  const { conversations, timeline } = deps.rows;
  const asked = encodePosition(parsePosition(upTo));
  await commitChange(deps, () => {
    const unreadBefore = conversations.read(conversationId)?.unreadCount;
    const newest = timeline.before(conversationId, FIRST_PENDING, 1).messages.at(-1);
    if (newest === undefined) return;
    timeline.markRead(conversationId, asked < encodePosition(newest.position) ? parsePosition(asked) : newest.position);
    if (conversations.read(conversationId)?.unreadCount !== unreadBefore) deps.changes.conversation(conversationId);
  });
};

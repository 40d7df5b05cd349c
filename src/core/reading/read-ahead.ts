import { listConversations, listRequests } from './list-conversations.ts';
import type { ProjectionRows } from './reading-deps.ts';

/** As many chats as a window asks for first. */
const CHATS = 24;

/** Reads what a window shows first and forgets it: the pages that it lies on are decrypted and in memory then. */
export const readAhead = (rows: ProjectionRows): void => {
  listConversations(rows, { limit: CHATS, after: undefined });
  listRequests(rows);
};

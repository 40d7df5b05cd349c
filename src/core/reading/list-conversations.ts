import { err, ok, type Result } from '../../domain/result.ts';
import type { SessionApi, Unknown } from '../../rpc/core-api.ts';
import type { ConversationSummary } from '../../rpc/dto.ts';
import { boundedLimit } from './page-limit.ts';
import type { ProjectionRows } from './reading-deps.ts';
import { createNameBook } from './shown-name.ts';
import { readConversationSummary, toConversationSummary } from './to-conversation-summary.ts';

const PAGE_ROWS = 200;

type Input<Method extends keyof SessionApi> = Parameters<SessionApi[Method]>[0];

/** By keyset: a page far down costs the same as the first. Nothing comes after a conversation that is not there. */
export const listConversations = (
  rows: ProjectionRows,
  { limit, after }: Input<'conversations'>,
): readonly ConversationSummary[] => {
  const place = after === undefined ? undefined : rows.conversations.read(after);
  if (after !== undefined && place === undefined) return [];
  const names = createNameBook(rows);
  return rows.conversations
    .page({ after: place, limit: boundedLimit(limit, PAGE_ROWS) })
    .map((stored) => toConversationSummary(names, stored));
};

export const listRequests = (rows: ProjectionRows): readonly ConversationSummary[] => {
  const names = createNameBook(rows);
  return rows.conversations.requests().map((stored) => toConversationSummary(names, stored));
};

export const readConversation = (
  rows: ProjectionRows,
  { conversationId }: Input<'conversation'>,
): Result<ConversationSummary, Unknown> => {
  const summary = readConversationSummary(rows, conversationId);
  return summary === undefined ? err({ tag: 'conversation-unknown' }) : ok(summary);
};

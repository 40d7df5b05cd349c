import type { ConversationId } from '../../domain/ids.ts';
import type { ConversationSummary } from '../../rpc/dto.ts';
import type { StoredConversation } from '../../storage/repositories/conversations-repository.ts';
import type { LastMessage } from '../../storage/repositories/last-message.ts';
import type { ProjectionRows } from './reading-deps.ts';
import { createNameBook, type NameBook } from './shown-name.ts';

/** @param names of this answer: `createNameBook` */
export const toConversationSummary = (names: NameBook, stored: StoredConversation): ConversationSummary => ({
  conversationId: stored.conversationId,
  kind: stored.kind === 'direct' ? 'direct' : 'group',
  title: titleOf(names, stored),
  peer: stored.peer,
  // Left: like a blocked one it can be read and not be written to, which is all that the page has to know.
  state: stored.state === 'left' ? 'blocked' : stored.state,
  last: stored.last && toLast(stored.last),
  sortAtMs: stored.sortAtMs,
  unreadCount: stored.unreadCount,
  draft: stored.draft,
});

/** The peer of a conversation of two is its title, as they are called today; the others carry their own. */
export const titleOf = (names: NameBook, { peer, title }: Pick<StoredConversation, 'peer' | 'title'>): string =>
  peer === undefined ? title : names.of(peer);

/** As it is pushed in events: what the conversation's line shows now. Undefined where there is no such conversation. */
export const readConversationSummary = (
  rows: ProjectionRows,
  conversationId: ConversationId,
): ConversationSummary | undefined => {
  const stored = rows.conversations.read(conversationId);
  return stored && toConversationSummary(createNameBook(rows), stored);
};

const toLast = ({ text, atMs, isMine, delivery }: LastMessage): ConversationSummary['last'] => ({
  preview: (text ?? '').replaceAll(/\s+/gu, ' ').trim(),
  atMs,
  isMine,
  delivery: delivery?.tag,
});

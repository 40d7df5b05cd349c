import { LIMITS } from '../../domain/limits.ts';
import type { SessionApi } from '../../rpc/core-api.ts';
import { commitChange } from '../context.ts';
import { cutText } from './cut-text.ts';
import type { ReadingDeps } from './reading-deps.ts';

/**
 * Keeps what is written but not sent. A text that could not be sent is kept as far as one could be. Rejects where it was
 * not stored: the page tries again at the next pause.
 */
export const setDraft = async (
  deps: Pick<ReadingDeps, 'db' | 'rows' | 'changes' | 'clock'>,
  { conversationId, text }: Parameters<SessionApi['setDraft']>[0],
): Promise<void> => {
  const { rows, changes, clock } = deps;
  const draft = cutText(text, LIMITS.textBytes);
  const stored = rows.conversations.read(conversationId);
  if (stored === undefined || stored.draft === draft) return;
  const kept = await commitChange(deps, () => {
    rows.conversations.setDraft(conversationId, draft, clock());
    changes.conversation(conversationId);
  });
  if (!kept.ok) throw new Error(`a draft was not stored: ${kept.error.tag}`);
};

import { LIMITS } from '../../domain/limits.ts';
import type { SessionApi } from '../../rpc/core-api.ts';
import { cutText } from './cut-text.ts';
import { durably } from './durably.ts';
import type { ReadingDeps } from './reading-deps.ts';

/** Keeps what is written but not sent. A text that could not be sent is kept as far as one could be. */
export const setDraft = async (
  deps: Pick<ReadingDeps, 'db' | 'rows' | 'changes' | 'clock'>,
  { conversationId, text }: Parameters<SessionApi['setDraft']>[0],
): Promise<void> => {
  const { rows, changes, clock } = deps;
  const draft = cutText(text, LIMITS.textBytes);
  const stored = rows.conversations.read(conversationId);
  if (stored === undefined || stored.draft === draft) return;
  await durably(deps, () => {
    rows.conversations.setDraft(conversationId, draft, clock());
    changes.conversation(conversationId);
  });
};

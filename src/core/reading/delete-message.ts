import { err, ok, type Result } from '../../domain/result.ts';
import type { ChangeError, SessionApi } from '../../rpc/core-api.ts';
import { commitChange } from '../context.ts';
import type { ReadingDeps } from './reading-deps.ts';

/**
 * Removes a message from this device: its row, what search knows of it, and what counts it. Its id stays known, so that
 * a repeat does not bring it back, and whoever asks again is told the same.
 *
 * An own one that was not sealed yet is not sent any more: sealing drops intents whose message is gone. A sealed one
 * goes out: its number in the conversation is given away, and without it everybody would be told that a message is
 * missing. Which of the two it is, only the step that seals can tell, so the outbox row is left to it.
 */
export const deleteMessage = async (
  deps: Pick<ReadingDeps, 'db' | 'rows' | 'changes'>,
  { messageId }: Parameters<SessionApi['deleteMessage']>[0],
): Promise<Result<void, ChangeError>> => {
  const { messages, outbox } = deps.rows;
  const deleted = await commitChange(deps, () => {
    const found = messages.byMessageId(messageId);
    for (const { arrival, conversationId } of found) {
      messages.remove(arrival);
      deps.changes.deleted(conversationId, messageId);
      if (outbox.byMessage(messageId).some((item) => item.arrival === arrival)) deps.changes.waiting();
    }
    return found.length > 0 || messages.isDeleted(messageId);
  });
  if (!deleted.ok) return deleted;
  return deleted.value ? ok(undefined) : err({ tag: 'message-unknown' });
};

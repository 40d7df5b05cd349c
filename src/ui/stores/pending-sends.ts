import type { MessageId } from '../../domain/ids.ts';
import type { Message } from '../../rpc/dto.ts';

/** A message that was sent from this window and whose stored form is not known yet. */
export type PendingSend = { readonly key: string; readonly text: string; readonly atMs: number };

/**
 * A message whose call ended without an answer: it may be stored, or not. The same text, sent again, goes under the same
 * id, so that the other side does not see it twice.
 */
export type UnansweredSend = { readonly text: string; readonly messageId: MessageId };

/** Which row of the screen each confirmed message took over, so that a row never blinks when it is confirmed. */
export type Adoption = { readonly key: string; readonly messageId: MessageId };

/**
 * The event that a message was stored may arrive before the answer to the call that sent it. An unknown message of
 * one's own takes over the oldest pending row with its text; calls of one window are answered in order, so this is
 * the row it belongs to.
 */
export const adoptStored = (
  pending: readonly PendingSend[],
  stored: readonly Message[],
  isKnown: (messageId: MessageId) => boolean,
): { readonly pending: readonly PendingSend[]; readonly adopted: readonly Adoption[] } => {
  let rest = pending;
  const adopted: Adoption[] = [];
  for (const message of stored) {
    if (!message.author.isMe || message.body.kind !== 'text' || isKnown(message.messageId)) continue;
    const { text } = message.body;
    const match = rest.find((send) => send.text === text);
    if (match === undefined) continue;
    rest = rest.filter((send) => send !== match);
    adopted.push({ key: match.key, messageId: message.messageId });
  }
  return { pending: rest, adopted };
};

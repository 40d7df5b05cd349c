import type { AccountId } from '../domain/ids.ts';
import { toDirectConversationId } from '../account/ids.ts';
import type { ConversationExtension } from '../wire/group-extensions.ts';

/**
 * Whether these accounts may share this conversation: a direct one belongs to the two that its id is made of, and nobody
 * else can ever stand in it (docs/protocol/addressing.md).
 */
export const areAllowedTogether = (conversation: ConversationExtension, accounts: ReadonlySet<AccountId>): boolean => {
  if (conversation.kind === 'group') return true;
  const [one, other, ...others] = accounts;
  if (one === undefined || others.length > 0) return false;
  return other === undefined || toDirectConversationId(one, other) === conversation.conversationId;
};

import type { ConversationId, VaultId } from '../../domain/ids.ts';

/** Where a link leads. Apart from the router, which imports the screens that import these. */
export const toChats = (vaultId: VaultId) => ({ name: 'chats', params: { vaultId } });

export const toConversation = (vaultId: VaultId, conversationId: ConversationId) => ({
  name: 'conversation',
  params: { vaultId, conversationId },
});

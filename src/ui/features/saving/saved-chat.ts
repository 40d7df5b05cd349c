import type { Message, ConversationSummary, Me } from '../../../rpc/dto.ts';

/** What stands at the head of a saved chat. Times in ms since 1970 UTC. */
export type SavedChatHead = {
  readonly conversation: Pick<ConversationSummary, 'conversationId' | 'kind' | 'title'>;
  readonly me: Pick<Me, 'accountId' | 'name'>;
  readonly savedAtMs: number;
  readonly count: number;
};

/** One way to write a chat into a file. The file is what these give, one after the other. */
export type ChatFormat = {
  readonly mediaType: string;
  /** Without the dot. */
  readonly extension: string;
  readonly begin: (head: SavedChatHead) => string;
  /** Some messages, oldest first. `before` stands just before the first of them, undefined where nothing does. */
  readonly messages: (messages: readonly Message[], before: Message | undefined) => string;
  readonly end: () => string;
};

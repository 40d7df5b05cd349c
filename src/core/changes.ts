import type { AccountId, ConversationId, MessageId } from '../domain/ids.ts';
import type { CoreEvent } from '../rpc/core-api.ts';
import type { ConversationSummary, Me, Message } from '../rpc/dto.ts';

/** Collects what a transaction touches, and tells all windows once it is durable. */
export interface Changes {
  message(conversationId: ConversationId, arrival: number): void;
  deleted(conversationId: ConversationId, messageId: MessageId): void;
  conversation(conversationId: ConversationId): void;
  contact(accountId: AccountId): void;
  me(): void;
  /** Messages that wait to go out have become more or fewer. */
  waiting(): void;
  tell(): void;
  /** The transaction failed: nothing of it is told. */
  forget(): void;
}

/** Rows as they stand after the transaction. Undefined for what is gone by then. */
export type Projections = {
  readonly message: (arrival: number) => Message | undefined;
  readonly conversation: (conversationId: ConversationId) => ConversationSummary | undefined;
  readonly me: () => Me;
};

export const createChanges = (
  project: Projections,
  emit: (event: CoreEvent) => void,
  tellWaiting: () => void,
): Changes => {
  const messages = new Map<ConversationId, Set<number>>();
  const deleted = new Map<ConversationId, MessageId[]>();
  const conversations = new Set<ConversationId>();
  const contacts = new Set<AccountId>();
  let isMe = false;
  let isWaiting = false;

  const forget = (): void => {
    for (const collected of [messages, deleted, conversations, contacts]) collected.clear();
    isMe = false;
    isWaiting = false;
  };

  return {
    message(conversationId, arrival) {
      const known = messages.get(conversationId) ?? new Set();
      messages.set(conversationId, known.add(arrival));
      conversations.add(conversationId);
    },
    deleted(conversationId, messageId) {
      deleted.set(conversationId, [...(deleted.get(conversationId) ?? []), messageId]);
      conversations.add(conversationId);
    },
    conversation: (conversationId) => void conversations.add(conversationId),
    contact: (accountId) => void contacts.add(accountId),
    me: () => void (isMe = true),
    waiting: () => void (isWaiting = true),
    forget,

    tell() {
      for (const conversationId of new Set([...messages.keys(), ...deleted.keys()])) {
        emit({
          type: 'messages',
          conversationId,
          changed: [...(messages.get(conversationId) ?? [])].flatMap((arrival) => project.message(arrival) ?? []),
          deleted: deleted.get(conversationId) ?? [],
        });
      }
      const summaries = [...conversations].flatMap((id) => project.conversation(id) ?? []);
      if (summaries.length > 0) emit({ type: 'conversations', changed: summaries });
      if (contacts.size > 0) emit({ type: 'contacts', changed: [...contacts] });
      if (isMe) emit({ type: 'me', me: project.me() });
      const wasWaiting = isWaiting;
      forget();
      if (wasWaiting) tellWaiting();
    },
  };
};

import type { ConversationId, MessageId } from '../../../domain/ids.ts';
import { err, ok, type Result } from '../../../domain/result.ts';
import type { CoreApi, MessagesQuery, Unknown } from '../../../rpc/core-api.ts';
import type { Message, MessagePage } from '../../../rpc/dto.ts';
import type { ChatFormat, SavedChatHead } from './saved-chat.ts';

/** The most that the core gives at once. */
const PAGE = 200;
/** Pages that are kept as strings; then they go into a blob, which the browser may keep outside of the page's memory. */
const PAGES_PER_BLOB = 50;

export type WritingChat = {
  readonly api: Pick<CoreApi, 'messages'>;
  readonly conversationId: ConversationId;
  readonly format: ChatFormat;
  readonly head: Omit<SavedChatHead, 'count'>;
  readonly onProgress: (count: number) => void;
  readonly signal: AbortSignal;
};

/**
 * The whole of a conversation as a file: every message that is there when it begins, once; what comes in meanwhile may be
 * in it. Nothing is stored on the way, so it works on a full disk. Undefined where `signal` ended it.
 */
export const writeChat = async (writing: WritingChat): Promise<Result<Blob | undefined, Unknown>> => {
  const { api, conversationId, format, head, signal, onProgress } = writing;
  const file = createFile(format);
  const isNew = createIsNew();
  let from: MessagesQuery['from'] = { at: 'newest' };
  for (;;) {
    const read: Result<MessagePage, Unknown> = await api.messages({ conversationId, from, limit: PAGE });
    if (signal.aborted) return ok(undefined);
    if (!read.ok) return err(read.error);
    file.prepend(read.value.messages.filter(isNew));
    onProgress(file.count());
    const oldest = read.value.messages[0];
    if (oldest === undefined || !read.value.hasOlder) return ok(file.finish(head));
    from = { before: oldest.position };
  }
};

/**
 * A message without a place yet may find one while we read. It moves back then: from the newest on it is met twice, and
 * never missed.
 */
const createIsNew = () => {
  const unplaced = new Set<MessageId>();
  return ({ messageId, author, delivery }: Message): boolean => {
    if (!author.isMe) return true;
    if (unplaced.has(messageId)) return false;
    if (delivery === 'stored' || delivery === 'failed') unplaced.add(messageId);
    return true;
  };
};

/** Grows from its end: the format asks what stands before a message, and that is read after it. */
const createFile = (format: ChatFormat) => {
  const blobs: Blob[] = [];
  let parts: string[] = [];
  let first: readonly Message[] = [];
  let count = 0;
  const write = (before: Message | undefined): void => {
    if (first.length > 0) parts.push(format.messages(first, before));
    if (parts.length < PAGES_PER_BLOB) return;
    blobs.push(new Blob(parts.reverse()));
    parts = [];
  };
  return {
    count: () => count,
    prepend(messages: readonly Message[]): void {
      if (messages.length === 0) return;
      write(messages.at(-1));
      first = messages;
      count += messages.length;
    },
    finish(head: WritingChat['head']): Blob {
      write(undefined);
      const all = [...blobs, new Blob(parts.reverse())].reverse();
      return new Blob([format.begin({ ...head, count }), ...all, format.end()], { type: format.mediaType });
    },
  };
};

import type { ConversationId } from '../../domain/ids.ts';
import { createMessageId } from '../../domain/message-id.ts';
import type { Author } from '../../storage/repositories/message-rows.ts';
import { PAYLOAD_FORMAT } from '../../wire/payload.ts';
import type { AccountContext } from '../context.ts';
import { NOTICE_KINDS, type Notice } from '../reading/notice-kinds.ts';
import { toShownTime } from './shown-time.ts';

/** Where in a conversation, and by the doing of whose device, something is to be told. */
export type NoticePlace = {
  readonly conversationId: ConversationId;
  readonly generation: number;
  readonly sequence: number;
  readonly relayAtMs: number;
  readonly author: Author;
};

/** A line of the app's own in the timeline, before whatever stands at that place. Within a transaction. */
export const writeNotice = (
  { rows, changes, deps }: Pick<AccountContext, 'rows' | 'changes' | 'deps'>,
  notice: Notice,
  { conversationId, generation, sequence, relayAtMs, author }: NoticePlace,
): void => {
  const atMs = toShownTime(relayAtMs, deps.clock());
  const stored = rows.messages.insertNotice(
    conversationId,
    {
      messageId: createMessageId(deps.clock(), deps.random),
      author,
      kind: NOTICE_KINDS[notice],
      format: PAYLOAD_FORMAT,
      text: undefined,
      body: undefined,
      time: { wallMs: atMs, counter: 0 },
      sentAtMs: atMs,
      relayAtMs: atMs,
      storedAtMs: deps.clock(),
    },
    { generation, sequence },
  );
  changes.message(conversationId, stored.arrival);
};

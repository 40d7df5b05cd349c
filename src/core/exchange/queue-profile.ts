import { tickHybrid } from '../../domain/hybrid-time.ts';
import type { ConversationId } from '../../domain/ids.ts';
import { createMessageId } from '../../domain/message-id.ts';
import { PAYLOAD_KIND, profileBody } from '../../wire/payload.ts';
import { encodeWith } from '../../wire/schema.ts';
import type { AccountContext } from '../context.ts';
import { payloadIntent } from './intent.ts';

/** Tells the other side what we are called. Within a transaction. */
export const queueProfile = (
  { rows, deps }: Pick<AccountContext, 'rows' | 'deps'>,
  conversationId: ConversationId,
): void => {
  const nowMs = deps.clock();
  const time = tickHybrid(rows.counters.hybridTime(), nowMs);
  rows.counters.saveHybridTime(time);
  const body = encodeWith(profileBody, { name: rows.ownAccount.read()?.name ?? '' });
  rows.outbox.add({
    conversationId,
    class: 'message',
    kind: PAYLOAD_KIND.profile,
    messageId: createMessageId(nowMs, deps.random),
    arrival: undefined,
    payload: encodeWith(payloadIntent, { time, body, renewals: 0 }),
    createdAtMs: nowMs,
  });
};

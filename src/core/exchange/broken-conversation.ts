/** A conversation whose groups this device cannot follow any more (docs/protocol/groups.md, "Standing"). */
import type { ConversationId } from '../../domain/ids.ts';
import type { GroupsRepository, GroupStanding } from '../../storage/repositories/groups-repository.ts';
import type { AccountContext } from '../context.ts';
import { moveDelivery } from './set-delivery.ts';
import { writeNotice, type NoticePlace } from './write-notice.ts';

const CAN_SEND: readonly GroupStanding[] = ['active', 'provisional'];
const FAILED_IN_ONE_STEP = 1_000;

/** It had a group, and has none left to send into. */
export const isBroken = (groups: Pick<GroupsRepository, 'ofConversation'>, conversationId: ConversationId): boolean => {
  const all = groups.ofConversation(conversationId);
  return all.length > 0 && all.every(({ standing }) => !CAN_SEND.includes(standing));
};

/** What waits in such a conversation fails: nothing that this device does would send it. Within a transaction. */
export const failStranded = (context: AccountContext): void => {
  const { rows, changes } = context;
  for (const item of rows.outbox.stranded(FAILED_IN_ONE_STEP)) {
    rows.outbox.remove(item.id);
    changes.waiting();
    if (item.arrival === undefined) continue;
    moveDelivery(context, item.arrival, { tag: 'given-up', failure: 'recipient-unreachable' });
  }
};

/** Says so where it happened. The group's new standing is stored already. Within a transaction. */
export const tellBroken = (context: AccountContext, place: NoticePlace): void => {
  if (!isBroken(context.rows.groups, place.conversationId)) return;
  writeNotice(context, 'conversation-broken', place);
  failStranded(context);
};

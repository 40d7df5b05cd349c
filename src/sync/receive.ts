/** Takes a page of the mailbox into a step (docs/protocol/sync.md, "Inbox"). */
import { envelope, envelopeHeader, ENVELOPE_VERSION } from '../wire/envelope.ts';
import { decodeWith } from '../wire/schema.ts';
import type { InboxItem, RelayRequest } from '../wire/relay-api.ts';
import { inRelayOrder, stepFor } from './inbox.ts';
import type { OpenedItem, Standing, SyncStep } from './ports.ts';

export type Acknowledgement = RelayRequest<'acknowledge'>['items'][number];

/** Answers what to acknowledge once the step is durable. Every item is, also those that are dropped. */
export const receiveItems = async (
  step: SyncStep,
  items: readonly InboxItem[],
): Promise<readonly Acknowledgement[]> => {
  const acknowledgements: Acknowledgement[] = [];
  for (const item of inRelayOrder(items)) {
    acknowledgements.push({ cursor: item.cursor, standing: await receiveItem(step, item) });
  }
  return acknowledgements;
};

/** Takes what was held for a group that can be read now: joined, or one commit further. */
export const receiveHeld = async (step: SyncStep, groupId: InboxItem['groupId']): Promise<void> => {
  for (const item of step.release(groupId)) await receiveItem(step, item);
};

const receiveItem = async (step: SyncStep, item: InboxItem): Promise<Standing> => {
  const opened = openItem(item);
  if (opened === undefined) return 'stored';
  const { header } = opened;
  switch (stepFor(item, header, step.group(item.groupId), step.isOwn(opened))) {
    case 'own':
      return step.takeOwn(opened);
    case 'welcome': {
      const isJoined = await step.takeWelcome(opened);
      if (isJoined) await receiveHeld(step, item.groupId);
      return isJoined ? 'applied' : 'stored';
    }
    case 'judge': {
      const standing = await step.judgeCommit(opened);
      if (standing === 'applied') await receiveHeld(step, item.groupId);
      return standing;
    }
    case 'open':
      await step.openMessage(opened);
      return 'stored';
    case 'hold':
      step.hold(opened);
      return 'stored';
    case 'stale':
    case 'stranger':
    case 'implausible':
      return header.class === 'handshake' ? 'skipped' : 'stored';
  }
};

/** Undefined for what no sender of ours makes: it is dropped, and acknowledged so that it does not come again. */
const openItem = (item: InboxItem): OpenedItem | undefined => {
  const parts = decodeWith(envelope, item.envelope);
  if (!parts.ok) return undefined;
  const header = decodeWith(envelopeHeader, parts.value.header);
  if (!header.ok || header.value.version !== ENVELOPE_VERSION || header.value.groupId !== item.groupId)
    return undefined;
  return { ...item, parts: parts.value, header: header.value };
};

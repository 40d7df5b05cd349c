/** Groups for which the relay takes nothing now (src/sync/group-hold.ts): told by the oldest sealing of each. */
import type { GroupId } from '../../domain/ids.ts';
import { heldForMs, isWorthAWord, type Hold } from '../../sync/group-hold.ts';
import type { HeldGroups } from '../../sync/ports.ts';
import type { OutboxItem } from '../../storage/repositories/outbox-repository.ts';
import { isSealed } from './take-answer.ts';

/** @param sealed in the order of writing */
export const holdsOf = (sealed: readonly OutboxItem[], nowMs: number): ReadonlyMap<GroupId, Hold> => {
  const oldest = new Map<GroupId, Hold>();
  for (const item of sealed) {
    if (!isSealed(item) || oldest.has(item.state.sealing.groupId)) continue;
    oldest.set(item.state.sealing.groupId, item);
  }
  return new Map([...oldest].filter(([, hold]) => heldForMs(hold, nowMs) > 0));
};

export const summariseHolds = (holds: ReadonlyMap<GroupId, Hold>, nowMs: number): HeldGroups | undefined => {
  if (holds.size === 0) return undefined;
  const all = [...holds.values()];
  return {
    resumeInMs: Math.min(...all.map((hold) => heldForMs(hold, nowMs))),
    isTold: all.some((hold) => isWorthAWord(hold, nowMs)),
  };
};

/**
 * What an old or cloned store gives up (docs/protocol/sync.md, "An old store"): everything that could seal or open. The
 * history stays, and so does what was written: it is sealed anew by the device that this store becomes.
 */
import type { DeviceKey } from '../../storage/repositories/device-keys-repository.ts';
import type { AccountContext } from '../context.ts';
import { OLDER_COPY, writeSetting } from '../settings.ts';

/** The names under which the coming device's keys rest until it is one. */
export const NEXT_KEYS = { signature: 'next-signature', mailbox: 'next-mailbox' } as const;

/** Within a transaction. */
export const burnStore = (
  { rows, changes, deps }: Pick<AccountContext, 'rows' | 'changes' | 'deps'>,
  next: { readonly signature: DeviceKey; readonly mailbox: DeviceKey },
): void => {
  for (const { groupId } of rows.groups.list()) rows.groups.remove(groupId);
  for (const reason of ['request', 'early', 'unreadable'] as const) {
    for (const { id } of rows.held.withReason(reason)) rows.held.release(id);
  }
  for (const { ref } of rows.keyPackages.list()) rows.keyPackages.remove(ref);
  // What an opening claimed may be used up by the store that this one is a copy of.
  rows.outbox.removeOpenings();
  rows.outbox.unsealAll();
  rows.checkpoint.reset(undefined);
  rows.deviceKeys.save(NEXT_KEYS.signature, next.signature);
  rows.deviceKeys.save(NEXT_KEYS.mailbox, next.mailbox);
  writeSetting(rows.settings, OLDER_COPY, { foundAtMs: deps.clock(), isBack: false, isRead: false });
  changes.me();
  changes.waiting();
};

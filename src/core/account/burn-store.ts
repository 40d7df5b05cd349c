/**
 * What a store gives up that is old or cloned, or that its relay forgot (docs/protocol/sync.md, "An old store"):
 * everything that could seal or open. The history stays, and so does what was written: it is sealed anew by the device
 * that this store becomes.
 */
import type { DeviceKey } from '../../storage/repositories/device-keys-repository.ts';
import type { AccountContext } from '../context.ts';
import type { BurnCause } from '../../sync/ports.ts';
import { OLDER_COPY, RELAY_RESTORED, writeSetting } from '../settings.ts';
import { wishForOwnHandle } from './own-handle.ts';

/** The names under which the coming device's keys rest until it is one. */
export const NEXT_KEYS = { signature: 'next-signature', mailbox: 'next-mailbox' } as const;

/** Within a transaction. */
export const burnStore = (
  { rows, changes, deps }: Pick<AccountContext, 'rows' | 'changes' | 'deps'>,
  next: { readonly signature: DeviceKey; readonly mailbox: DeviceKey },
  cause: BurnCause,
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
  const foundAtMs = deps.clock();
  writeSetting(rows.settings, OLDER_COPY, { foundAtMs, isBack: false, isRead: false });
  if (cause === 'relay-restored') {
    writeSetting(rows.settings, RELAY_RESTORED, { foundAtMs });
    wishForOwnHandle(rows);
  }
  changes.me();
  changes.waiting();
};

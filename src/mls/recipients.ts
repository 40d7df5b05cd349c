import type { MailboxId } from '../domain/ids.ts';
import { toMailboxId } from '../account/ids.ts';
import type { Directory } from './directory.ts';
import type { GroupMember } from './engine.ts';

/** The mailboxes of a group's devices, ascending: whom a commit reaches, and nobody else (docs/protocol/groups.md). */
export const recipientsOf = (members: readonly GroupMember[], directory: Directory): readonly MailboxId[] =>
  members
    .flatMap(({ identity }) => {
      const device = directory.device(identity.accountId, identity.deviceIndex);
      return device ? [toMailboxId(device.mailboxKey)] : [];
    })
    .sort();

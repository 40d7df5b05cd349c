import type { GroupId, MessageId } from '../../domain/ids.ts';
import type { AccountContext } from '../context.ts';
import type { Identity } from '../account/identity.ts';
import type { OpenGroups } from './open-groups.ts';

/**
 * What the parts of one step share. Ratchets move in memory (crypto is asynchronous, transactions are not); everything
 * that reads or writes rows is put off by `later` and runs in the step's one transaction, in the order it was put.
 */
export interface StepScope {
  readonly context: AccountContext;
  readonly identity: Identity;
  readonly groups: OpenGroups;
  readonly later: (write: () => void) => void;
  /** Messages that were opened in this step and whose senders are to be told. */
  readonly owed: Map<GroupId, MessageId[]>;
  /** Groups whose Welcome this step keeps as a request: what follows in the same page belongs to it already. */
  readonly asked: Set<GroupId>;
}

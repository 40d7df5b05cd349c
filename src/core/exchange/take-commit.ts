/** A commit by somebody else, in relay order (docs/protocol/groups.md, "Standing"). */
import type { AccountChains } from '../../account/evidence.ts';
import type { AccountChain } from '../../account/chain.ts';
import type { AccountId } from '../../domain/ids.ts';
import { depositCapability } from '../../mls/group-secrets.ts';
import { judgeHandshake } from '../../mls/open-envelope.ts';
import type { OpenedItem, Standing } from '../../sync/ports.ts';
import { chainToColumn, columnToChain } from '../account/chain-column.ts';
import { tellBroken } from './broken-conversation.ts';
import type { OpenGroup } from './open-groups.ts';
import type { StepScope } from './step-scope.ts';

export const takeCommit = async (scope: StepScope, item: OpenedItem): Promise<Standing> => {
  const { context, groups } = scope;
  const group = groups.get(item.groupId);
  if (group === undefined) return 'skipped';
  const { row } = group;
  const chains = await chainsOf(scope, group);
  const judged = await judgeHandshake(context.engine(), group.state, item.envelope, { base: row.base, chains });
  const head = Math.max(row.head, item.sequence);
  if (judged.standing === 'skipped') {
    groups.put({ ...group, row: { ...row, head } });
    return 'skipped';
  }
  if (judged.standing === 'broken' || judged.nextState === undefined) {
    // Broken here, or removed: either way nothing more is sent into this group.
    const standing = judged.standing === 'broken' ? 'broken' : 'left';
    groups.put({ ...group, row: { ...row, head, standing } });
    const { conversationId, generation } = row;
    const { sequence, timeMs: relayAtMs } = item;
    const { accountId, deviceIndex } = scope.identity;
    scope.later(() => {
      groups.write(item.groupId);
      tellBroken(context, {
        ...{ conversationId, generation, sequence, relayAtMs },
        author: { accountId, deviceIndex },
      });
    });
    return judged.standing;
  }
  const capability = await depositCapability(context.engine(), judged.nextState);
  groups.put({ row: { ...row, base: item.sequence, head, capability }, state: judged.nextState });
  scope.later(() => saveChains(scope, judged.chains));
  return 'applied';
};

/** What the group's members hold: our chain, and those that came with commits and Welcomes. */
const chainsOf = async ({ context, identity }: StepScope, { state }: OpenGroup): Promise<AccountChains> => {
  const chains = new Map<AccountId, AccountChain>([[identity.accountId, identity.chain]]);
  for (const member of context.engine().members(state)) {
    const contact = context.rows.contacts.read(member.identity.accountId);
    if (contact !== undefined) chains.set(contact.accountId, await columnToChain(contact.chain));
  }
  return chains;
};

const saveChains = ({ context }: StepScope, chains: AccountChains): void => {
  for (const [accountId, chain] of chains) {
    const contact = context.rows.contacts.read(accountId);
    if (contact === undefined) continue;
    context.rows.contacts.save({ ...contact, chain: chainToColumn(chain), chainHead: chain.state.head });
    context.changes.contact(accountId);
  }
};

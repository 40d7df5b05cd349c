import type { AccountId } from '../../domain/ids.ts';
import type { FoundPerson } from '../../rpc/dto.ts';
import type { AccountContext } from '../context.ts';

export const toFoundPerson = (
  { rows, identity }: Pick<AccountContext, 'rows' | 'identity'>,
  accountId: AccountId,
  handle: string | undefined,
): FoundPerson => {
  const contact = rows.contacts.read(accountId);
  return {
    accountId,
    handle: handle ?? contact?.handle,
    isMe: identity()?.accountId === accountId,
    isContact: contact?.addedAtMs !== undefined,
  };
};

/** Asking the directory who somebody is, and believing nothing that is not proved (docs/protocol/account.md). */
import type { AccountId } from '../../domain/ids.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { extendChain, verifyChain, type AccountChain } from '../../account/chain.ts';
import { verifyHandleClaim } from '../../account/handle-claim.ts';
import type { NetworkError } from '../../rpc/core-api.ts';
import type { RelaySession } from '../../sync/session.ts';
import { columnToChain } from '../account/chain-column.ts';
import type { AccountContext } from '../context.ts';
import { toNetworkError } from './with-session.ts';

export type Person = {
  readonly accountId: AccountId;
  readonly chain: AccountChain;
  /** Proved by a claim. */
  readonly handle: string | undefined;
};

export type LookUpError =
  | NetworkError
  | { readonly tag: 'not-found' }
  /** The relay answered with something that its own words do not prove: keys were swapped, or it is broken. */
  | { readonly tag: 'unproven' };

export const lookUp = async (
  session: RelaySession,
  wanted: { readonly accountId: AccountId } | { readonly handle: string },
): Promise<Result<Person, LookUpError>> => {
  const answer = await session.callUnnamed('account', wanted);
  if (!answer.ok) {
    const isUnknown = answer.error.tag === 'refused' && answer.error.error.code === 'notFound';
    return err(isUnknown ? { tag: 'not-found' } : toNetworkError(answer.error));
  }
  const unproven = err({ tag: 'unproven' } as const);
  const { entries, claim } = answer.value;
  const chain = await verifyChain(entries);
  if (!chain.ok || chain.value.state.relayId !== session.hello.relayId) return unproven;
  const { accountId } = chain.value.state;
  if ('accountId' in wanted && wanted.accountId !== accountId) return unproven;

  const claimed = claim && (await verifyHandleClaim(claim, chain.value));
  if (claimed?.ok === false) return unproven;
  const handle = claimed?.value.handle;
  if ('handle' in wanted && wanted.handle !== handle) return unproven;
  return ok({ accountId, chain: chain.value, handle });
};

/** Whom we knew before may have more entries now, never others. */
export const mergeWithKnown = async (
  { rows }: Pick<AccountContext, 'rows'>,
  person: Person,
): Promise<Result<Person, { readonly tag: 'unproven' }>> => {
  const known = rows.contacts.read(person.accountId);
  if (known === undefined) return ok(person);
  const grown = await extendChain(await columnToChain(known.chain), person.chain.entries);
  return grown.ok ? ok({ ...person, chain: grown.value.chain }) : err({ tag: 'unproven' });
};

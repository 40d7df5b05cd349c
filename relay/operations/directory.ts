import { DAY_MS, LIMITS } from '../../src/domain/limits.ts';
import { ok, type Result } from '../../src/domain/result.ts';
import type { AccountError } from '../../src/account/account-error.ts';
import type { AccountState } from '../../src/account/account-state.ts';
import { extendChain, verifyChain, type AccountChain } from '../../src/account/chain.ts';
import { verifyHandleClaim } from '../../src/account/handle-claim.ts';
import { toMailboxId } from '../../src/account/ids.ts';
import { equalBytes } from '../../src/crypto/bytes.ts';
import { handleClaim } from '../../src/wire/account-entry.ts';
import type { RelayError } from '../../src/wire/relay-api.ts';
import { decodeWith, encodeWith } from '../../src/wire/schema.ts';
import { refuse, refuseTooMany } from '../refusal.ts';
import type { Bytes, Device, StoredAccount } from '../store/store.ts';
import type { Handlers, OperationDeps } from './handler.ts';
import type { Registration } from './sessions.ts';

const HANDLE_RELEASED_FOR_MS = 90 * DAY_MS;

export const createDirectoryOperations = (
  { clock, store, key, limits }: OperationDeps,
  options: { readonly registration: Registration },
): Pick<Handlers, 'register' | 'appendEntry' | 'account' | 'claimHandle'> => ({
  register: async ({ entry }, { addressKey }) => {
    if (options.registration !== 'open') return refuse('forbidden', 'this relay takes no new accounts');
    const allowed = limits.registrations.take(addressKey);
    if (!allowed.ok) return refuseTooMany(allowed.error);
    const chain = await verifyChain([entry]);
    if (!chain.ok) return refuseEntry(chain.error);
    const { state } = chain.value;
    if (state.relayId !== key.relayId) return refuse('forbidden', 'the account was made for another relay');

    if ((await store.account(state.accountId)) !== undefined) return ok({ accountId: state.accountId });
    const stored = await store.appendEntry({ ...toNewEntry(state, entry) });
    if (stored.ok || stored.error.tag === 'conflict') return ok({ accountId: state.accountId });
    return refuse('forbidden', 'a mailbox key that is in use');
  },

  appendEntry: async ({ accountId, entry }, { addressKey }) => {
    const allowed = limits.lookUps.take(addressKey);
    if (!allowed.ok) return refuseTooMany(allowed.error);
    const account = await store.account(accountId);
    if (account === undefined) return refuse('notFound', 'no such account');
    const extended = await extendChain(await readChain(account), [entry]);
    if (!extended.ok) return refuseEntry(extended.error);
    const { change, chain } = extended.value;
    if (change === 'none') return ok({ head: account.head });

    const stored = await store.appendEntry({ ...toNewEntry(chain.state, entry), expectedHead: account.head });
    if (stored.ok) return ok({ head: chain.state.head });
    return stored.error.tag === 'conflict'
      ? refuse('conflict', 'another entry came first; read the account again')
      : refuse('forbidden', 'a mailbox key that is in use');
  },

  account: async ({ accountId, handle }, { addressKey }) => {
    const allowed = limits.lookUps.take(addressKey);
    if (!allowed.ok) return refuseTooMany(allowed.error);
    if ((accountId === undefined) === (handle === undefined)) {
      return refuse('malformed', 'ask for an account id or for a handle');
    }
    const account = await (accountId === undefined ? store.accountByHandle(handle ?? '') : store.account(accountId));
    if (account === undefined) return refuse('notFound', 'no such account');
    const claim = account.claim && decodeWith(handleClaim, account.claim);
    return ok({
      accountId: account.accountId,
      entries: account.entries,
      ...(claim?.ok && { claim: claim.value }),
    });
  },

  claimHandle: async ({ claim }, { session }) => {
    const account = await store.account(session.accountId);
    if (account === undefined) return refuse('notFound', 'no such account');
    const verified = await verifyHandleClaim(claim, await readChain(account));
    if (!verified.ok) return refuseEntry(verified.error);
    const { handle, head, counter } = verified.value;
    if (!equalBytes(head, account.head)) return refuse('conflict', 'the claim was made at an older head');

    const claimed = await store.claimHandle({
      accountId: session.accountId,
      handle,
      expectedHead: head,
      counter,
      claim: encodeWith(handleClaim, claim),
      nowMs: clock(),
      releasedForMs: HANDLE_RELEASED_FOR_MS,
    });
    if (claimed.ok) return ok({});
    return claimed.error.tag === 'handle-taken'
      ? refuse('handleTaken', 'this handle is taken')
      : refuse('conflict', 'a newer claim or entry came first');
  },
});

/** @throws if the relay's own database holds a chain that does not verify: nothing unverified was ever put there. */
const readChain = async (account: StoredAccount): Promise<AccountChain> => {
  const chain = await verifyChain(account.entries);
  if (!chain.ok) throw new Error(`a stored chain does not verify: ${chain.error.tag}`);
  return chain.value;
};

const toNewEntry = (state: AccountState, entry: Bytes) => ({
  accountId: state.accountId,
  hash: state.head,
  sequence: state.sequence,
  entry,
  devices: state.devices.map((device): Device => ({
    mailboxId: toMailboxId(device.mailboxKey),
    accountId: state.accountId,
    deviceIndex: device.deviceIndex,
    mailboxKey: device.mailboxKey,
    signatureKey: device.signatureKey,
  })),
});

const refuseEntry = (error: AccountError): Result<never, RelayError> => {
  switch (error.tag) {
    case 'malformed':
      return refuse('malformed', error.detail.slice(0, LIMITS.nameBytes / 2));
    case 'bad-signature':
      return refuse('badSignature', 'a signature does not fit');
    case 'against-the-rules':
      return refuse('malformed', error.detail);
    case 'out-of-place':
    case 'forked':
    case 'contested':
      return refuse('conflict', 'another entry came first; read the account again');
  }
};

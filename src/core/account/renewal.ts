/** Coming back as a new device (docs/protocol/sync.md, "An old store", "A relay that was put back"). */
import type { AccountId } from '../../domain/ids.ts';
import { DAY_MS } from '../../domain/limits.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { findDevice, nextDeviceIndex } from '../../account/account-state.ts';
import { extendChain, type AccountChain } from '../../account/chain.ts';
import { createDeviceEntry } from '../../account/create-entries.ts';
import { signDeviceStatement } from '../../account/entry-signatures.ts';
import { toMailboxId } from '../../account/ids.ts';
import { equalBytes } from '../../crypto/bytes.ts';
import type { WrappingKey } from '../../crypto/wrapped-signing-key.ts';
import type { Renewal, StoreFailure } from '../../sync/ports.ts';
import type { RelayFailure, RelayPort } from '../../sync/transport.ts';
import { commitChange, type AccountContext } from '../context.ts';
import { queueProfile } from '../exchange/queue-profile.ts';
import { IS_REGISTERED, OLDER_COPY, readSetting, writeSetting } from '../settings.ts';
import { burnStore, NEXT_KEYS } from './burn-store.ts';
import { chainToColumn } from './chain-column.ts';
import { createOwnKey, loadOwnKey, type OwnKey } from './device-keys.ts';
import type { Identity } from './identity.ts';

type Device = { readonly signature: OwnKey; readonly mailbox: OwnKey };

/** A relay that calls every checkpoint unknown must not fill the account's chain, which ends at 1,000 entries. */
const BURN_EVERY_MS = DAY_MS;
const CONVERSATIONS_AT_ONCE = 500;

export const createRenewal = (context: AccountContext, loadWrappingKey: () => Promise<WrappingKey>): Renewal => {
  const { rows, deps, vaultId } = context;

  const nextDevice = async (): Promise<Device> => {
    const wrappingKey = await loadWrappingKey();
    const load = async (name: keyof Device): Promise<OwnKey> => {
      const row = rows.deviceKeys.read(NEXT_KEYS[name]);
      const key = row && (await loadOwnKey({ wrappingKey, vaultId }, name, row));
      if (key === undefined) throw new Error(`the next ${name} key does not unwrap`);
      return key;
    };
    const [signature, mailbox] = await Promise.all([load('signature'), load('mailbox')]);
    return { signature, mailbox };
  };

  return {
    isDue: () => readSetting(rows.settings, OLDER_COPY)?.isBack === false,

    async burn(cause) {
      const before = readSetting(rows.settings, OLDER_COPY);
      const isRecent = before !== undefined && Math.abs(deps.clock() - before.foundAtMs) < BURN_EVERY_MS;
      // Before its first turn it has no account yet that it could come back to.
      if (isRecent || context.identity() === undefined || readSetting(rows.settings, IS_REGISTERED) !== true) {
        return err({ tag: cause });
      }
      const wrapping = { random: deps.random, wrappingKey: await loadWrappingKey(), vaultId };
      const signature = await createOwnKey(wrapping, 'signature', deps.clock());
      const mailbox = await createOwnKey(wrapping, 'mailbox', deps.clock());
      const burnt = await commitChange(context, () =>
        burnStore(context, { signature: signature.row, mailbox: mailbox.row }, cause),
      );
      return burnt.ok ? ok(undefined) : burnt;
    },

    async comeBack(relay) {
      const identity = context.identity();
      if (identity === undefined) return err({ tag: 'store-is-old' });
      const shown = await agreeOnChain(relay, identity);
      if (!shown.ok) return shown;
      const chain = shown.value;
      const next = await nextDevice();
      // It went through before, and nobody heard.
      const entered = chain.state.devices.find(({ signatureKey }) =>
        equalBytes(signatureKey, next.signature.publicKey),
      );
      if (entered !== undefined) return becomeDevice(context, { chain, deviceIndex: entered.deviceIndex, next });
      if (findDevice(chain.state, identity.deviceIndex) === undefined) return err({ tag: 'device-removed' });

      const { entry, grown, deviceIndex } = await replaceDevice(chain, identity, next, deps.clock());
      const appended = await relay.call('appendEntry', { accountId: identity.accountId, entry });
      return appended.ok ? becomeDevice(context, { chain: grown, deviceIndex, next }) : appended;
    },

    async introduceAgain(relay) {
      const identity = context.identity();
      if (identity === undefined) return err({ tag: 'store-is-old' });
      const shown = await agreeOnChain(relay, identity);
      if (!shown.ok) return shown;
      const isNamed = findDevice(shown.value.state, identity.deviceIndex) !== undefined;
      return isNamed ? ok(undefined) : err({ tag: 'device-removed' });
    },
  };
};

/**
 * Ours, with what the relay shows beyond it. What it lost of it, in a restore or by a lie, it is given again first: all of
 * it where it knows no such account. A chain that contradicts ours is none to come back to.
 */
const agreeOnChain = async (
  relay: Pick<RelayPort, 'call'>,
  { accountId, chain }: Identity,
): Promise<Result<AccountChain, RelayFailure | { readonly tag: 'store-is-old' }>> => {
  const shown = await entriesAt(relay, accountId);
  if (!shown.ok) return shown;
  const extended = await extendChain(chain, shown.value);
  if (!extended.ok) return err({ tag: 'store-is-old' });
  const newest = extended.value.chain;
  for (const [offset, entry] of newest.entries.slice(shown.value.length).entries()) {
    const isFirst = shown.value.length + offset === 0;
    const taken = isFirst
      ? await relay.call('register', { entry })
      : await relay.call('appendEntry', { accountId, entry });
    if (!taken.ok) return taken;
  }
  return ok(newest);
};

/** None where it knows no such account. */
const entriesAt = async (
  relay: Pick<RelayPort, 'call'>,
  accountId: AccountId,
): Promise<Result<AccountChain['entries'], RelayFailure>> => {
  const answer = await relay.call('account', { accountId });
  if (answer.ok) return ok(answer.value.entries);
  const isUnknown = answer.error.tag === 'refused' && answer.error.error.code === 'notFound';
  return isUnknown ? ok([]) : answer;
};

/** One entry, signed by the old device: it goes and the new one comes, or neither. */
const replaceDevice = async (chain: AccountChain, old: Identity, next: Device, timeMs: number) => {
  const { state } = chain;
  const deviceIndex = nextDeviceIndex(state);
  const keys = { deviceIndex, signatureKey: next.signature.publicKey, mailboxKey: next.mailbox.publicKey };
  const place = { accountId: old.accountId, previous: state.head, keys };
  const entry = await createDeviceEntry(
    state,
    {
      added: [{ keys, statement: await signDeviceStatement(next.signature.signingKey, place) }],
      removed: [old.deviceIndex],
      timeMs,
    },
    { deviceIndex: old.deviceIndex, signingKey: old.signature.signingKey },
  );
  const grown = await extendChain(chain, [entry]);
  if (!grown.ok) throw new Error(`an entry of our own does not verify: ${grown.error.tag}`);
  return { entry, grown: grown.value.chain, deviceIndex };
};

/** From here on this store is the new device. Something waits for everybody, so that a conversation is opened anew. */
const becomeDevice = async (
  context: AccountContext,
  { chain, deviceIndex, next }: { readonly chain: AccountChain; readonly deviceIndex: number; readonly next: Device },
): Promise<Result<void, StoreFailure>> => {
  const { rows, changes } = context;
  const identity = context.identity();
  if (identity === undefined) throw new Error('a device without an account');
  const mailboxId = toMailboxId(next.mailbox.publicKey);
  const saved = await commitChange(context, () => {
    const own = rows.ownAccount.read();
    const relay = rows.relays.read(identity.relayId);
    const keys = {
      signature: rows.deviceKeys.read(NEXT_KEYS.signature),
      mailbox: rows.deviceKeys.read(NEXT_KEYS.mailbox),
    };
    if (!own || !relay || !keys.signature || !keys.mailbox) throw new Error('a burnt store without its rows');
    rows.ownAccount.save({ ...own, deviceIndex, chain: chainToColumn(chain), chainHead: chain.state.head });
    rows.deviceKeys.save('signature', keys.signature);
    rows.deviceKeys.save('mailbox', keys.mailbox);
    for (const name of Object.values(NEXT_KEYS)) rows.deviceKeys.remove(name);
    const fresh = { incarnation: undefined, cursor: 0, fetchToken: undefined, fetchTokenExpiresAtMs: undefined };
    rows.relays.save({ ...relay, ...fresh, mailboxId });
    const found = readSetting(rows.settings, OLDER_COPY);
    if (found !== undefined) writeSetting(rows.settings, OLDER_COPY, { ...found, isBack: true });
    for (const conversationId of openConversations(context)) queueProfile(context, conversationId);
    changes.me();
    changes.waiting();
  });
  if (!saved.ok) return saved;
  context.becomeIdentity({ ...identity, ...next, chain, deviceIndex, mailboxId });
  return ok(undefined);
};

/** With everybody we write to, and who is not blocked. */
const openConversations = ({ rows }: AccountContext) => {
  const all = [];
  for (let after; ;) {
    const page = rows.conversations.page({ after, limit: CONVERSATIONS_AT_ONCE });
    all.push(...page.filter(({ kind, state }) => kind === 'direct' && (state === 'active' || state === 'waiting')));
    after = page.at(-1);
    if (page.length < CONVERSATIONS_AT_ONCE) return all.map(({ conversationId }) => conversationId);
  }
};

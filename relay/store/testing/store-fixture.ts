/** What a store is given once signatures are verified, made up: the store never looks at keys. */
import { createHash } from 'node:crypto';
import type { AccountId, DepositId, GroupId, MailboxId } from '../../../src/domain/ids.ts';
import { DAY_MS, RETENTION } from '../../../src/domain/limits.ts';
import { commitRow } from '../../../src/wire/relay-api.ts';
import { encodeWith } from '../../../src/wire/schema.ts';
import { randomBytes } from '../../platform.ts';
import type { Bytes, Commit, Deposit, Device, RelayStore, SignRow } from '../store.ts';

export const NOW_MS = Date.UTC(2026, 10, 23, 12);

export const hashOf = (text: string): Bytes => new Uint8Array(createHash('sha256').update(text).digest());
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

export const newGroupId = (): GroupId => hex(randomBytes(16)) as GroupId;
export const newDepositId = (): DepositId => hex(randomBytes(16)) as DepositId;
export const signNothing: SignRow = (row) => ({ row: encodeWith(commitRow, row), signature: new Uint8Array(96) });

export const createDevice = (accountId: AccountId, deviceIndex = 0): Device => ({
  mailboxId: hex(randomBytes(32)) as MailboxId,
  accountId,
  deviceIndex,
  mailboxKey: randomBytes(97),
  signatureKey: randomBytes(97),
});

/** An account with `count` devices, as of its entry 0. */
export const addAccount = async (
  store: RelayStore,
  count = 1,
): Promise<{ readonly accountId: AccountId; readonly head: Bytes; readonly devices: readonly Device[] }> => {
  const accountId = hex(randomBytes(32)) as AccountId;
  const devices = Array.from({ length: count }, (_, index) => createDevice(accountId, index));
  const head = randomBytes(32);
  const added = await store.appendEntry({ accountId, hash: head, sequence: 0, entry: randomBytes(200), devices });
  if (!added.ok) throw new Error(added.error.tag);
  return { accountId, head, devices };
};

export const addMailbox = async (store: RelayStore): Promise<MailboxId> =>
  (await addAccount(store)).devices[0]!.mailboxId;

export const depositInto = (groupId: GroupId, parts: Partial<Deposit> = {}): Deposit => ({
  groupId,
  base: 0,
  head: 0,
  depositId: newDepositId(),
  isDepositIdFresh: true,
  class: 'message',
  envelope: randomBytes(200),
  envelopeHash: randomBytes(32),
  capabilityHash: hashOf('capability 0'),
  nowMs: NOW_MS,
  retentionMs: RETENTION.messageMs,
  ...parts,
});

export const commitTo = (groupId: GroupId, committer: MailboxId, parts: Partial<Commit> = {}): Commit => ({
  groupId,
  base: 0,
  head: 0,
  depositId: newDepositId(),
  isDepositIdFresh: true,
  committer,
  envelope: randomBytes(300),
  envelopeHash: randomBytes(32),
  recipients: [committer],
  capabilityHash: hashOf('capability 1'),
  welcomes: [],
  nowMs: NOW_MS,
  sign: signNothing,
  ...parts,
});

/** A welcome token for the mailbox, as a claim would give it. */
export const payFor = async (store: RelayStore, mailboxId: MailboxId, nowMs = NOW_MS): Promise<Bytes> => {
  const device = await store.deviceByMailbox(mailboxId);
  if (device === undefined) throw new Error('no such mailbox');
  await store.publishKeyPackages({ mailboxId, packages: [randomBytes(64)], keep: 20, nowMs });
  const tokenHash = randomBytes(32);
  await store.claimKeyPackages({
    accountId: device.accountId,
    tokenHashes: [tokenHash],
    tokensExpireAtMs: nowMs + 97 * DAY_MS,
    allowLastResort: false,
    nowMs,
  });
  return tokenHash;
};

/** A group of these mailboxes, made by the first: the others were added by commit 1 and stand on it like the first. */
export const addGroup = async (store: RelayStore, mailboxes: readonly MailboxId[]): Promise<GroupId> => {
  const [creator, ...others] = mailboxes;
  if (creator === undefined) throw new Error('a group has members');
  const groupId = newGroupId();
  const created = { groupId, creator, capabilityHash: hashOf('capability 0'), nowMs: NOW_MS, sign: signNothing };
  await store.createGroup(created);
  if (others.length === 0) return groupId;
  const envelope = randomBytes(100);
  const welcomes = [];
  for (const mailboxId of others) welcomes.push({ mailboxId, tokenHash: await payFor(store, mailboxId), envelope });
  const accepted = await store.acceptCommit(commitTo(groupId, creator, { recipients: mailboxes, welcomes }));
  if (!accepted.ok) throw new Error(accepted.error.tag);
  for (const mailboxId of mailboxes) await acknowledgeAll(store, mailboxId);
  return groupId;
};

export const fetchAll = (store: RelayStore, mailboxId: MailboxId, nowMs = NOW_MS, after = 0) =>
  store.fetch({ mailboxId, after, limit: 256, maxBytes: 10_000_000, nowMs });

export const acknowledgeAll = async (store: RelayStore, mailboxId: MailboxId): Promise<void> => {
  const { items } = await fetchAll(store, mailboxId);
  await store.acknowledge(
    mailboxId,
    items.map(({ cursor }) => ({ cursor, standing: 'applied' })),
  );
};
